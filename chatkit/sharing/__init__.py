"""Links by which people show a conversation to others of the site: read only, for a while, taken
back at any time. Off unless CHATKIT["SHARING"] says for how long."""
