"""Help articles kept in the database, edited and published in the admin.

    INSTALLED_APPS = [..., "chatkit", "chatkit.contrib.articles"]
    path("", include("chatkit.contrib.articles.urls"))  # "Was this helpful?" on each article

They stand beside those of CHATKIT["KNOWLEDGE_DIR"] and go before them.
"""
