"""Words that name no topic: grammar, courtesy, asking, and when. By language, and folded: without
accents.
"""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Lower case without accents: `Facturación` gives `facturacion`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


_ENGLISH = """
a an the this that these those some any each every all both either neither no not none
i me my mine myself you your yours yourself he him his she her hers it its we us our ours
they them their theirs one ones someone somebody anyone anybody everyone something
anything everything nothing thing things other others another same such own
am is are was were be been being do does did done doing have has had having
can could may might must shall should will would ought let lets get gets got getting
go goes going gone went come comes came make makes made making take takes took taken
put say says said seem seems happen happens happened
and or but nor so if then than because while although though unless until whether
of in on at by for from to into onto with without within about above below over under
between through during before after again against as off out up down per via
how what when where which who whom whose why here there
time times long see now today tomorrow yesterday tonight soon later already still yet
ever never always often sometimes just only also too very really quite much many more most
less least few lot lots enough even else please thanks thank hello hi hey dear sorry ok okay yes
help want wants wanted need needs needed like know tell explain show give ask question
answer try trying tried possible way ways mean wonder wondering think sure
t s m d ll re ve don doesn didn isn aren wasn can cannot couldn won wouldn shouldn
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
im ive id dont doesnt didnt isnt cant couldnt wont whats hows theres
"""
_SPANISH = """
el la los las lo un una unos unas este esta esto estos estas ese esa eso esos esas
aquel aquella aquello aquellos aquellas algun alguno alguna algunos algunas ningun ninguno
ninguna cada todo toda todos todas ambos mismo misma mismos mismas otro otra otros otras
tal tales algo nada alguien nadie cosa cosas uno
yo me mi mio mia mis tu te ti tus tuyo usted ustedes el ella ello ellos ellas se si le les
su sus suyo suya nos nosotros nuestra nuestro nuestras nuestros conmigo contigo vos
soy eres es somos son fui fue fueron era eran ser sera seria sido siendo estoy estas esta
estamos estan estaba estaban estar estado he has ha hemos han habia haber hay hubo habra
tengo tienes tiene tenemos tienen tenia tener tuve tuvo hago haces hace hacemos hacen
hacer haga hagan haria hice hizo hicieron hecho haciendo hara
puedo puedes puede podemos pueden podria podrian podriamos poder pude pudo pueda
quiero quieres quiere queremos quieren quisiera queria querer necesito necesitas necesita
necesitamos necesitar debo debemos deberia deberiamos voy vas va vamos van ir iba
doy das da damos dan dar dame denme toca
y e o u ni pero sino aunque porque pues mientras como cuando donde cual cuales quien
quienes que cuanto cuanta cuantos cuantas cuyo para por con sin de del al a ante bajo
contra desde durante en entre hacia hasta segun sobre tras
pongo pone ponen poner acabo acaba pasa hora horas ahora hoy manana ayer luego despues
antes ya aun todavia siempre nunca jamas aqui ahi alli
alla asi muy mas menos mucho mucha muchos muchas poco poca pocos tan tanto tambien
tampoco solo solamente bien mal apenas casi quizas tal vez veces
hola buenos buenas gracias favor porfavor porfa disculpa perdon ok no
ver veo ves ve vemos ven explica explicame expliquen dime diga digame decir saber se
ayuda ayudame ayudenme ayudar ayudarme ayudarnos ayudas
lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio
julio agosto septiembre setiembre octubre noviembre diciembre
sabes sabe muestrame cuentame pregunta duda posible manera forma acaso
"""
_PORTUGUESE = """
o a os as um uma uns umas este esta estes estas isto esse essa esses essas isso aquele aquela
aquilo outro outra outros outras algum alguma nenhum nenhuma cada todo toda todos todas tudo
mesmo mesma nada algo alguem ninguem coisa
eu me mim meu minha meus minhas tu te teu tua voce voces ele ela eles elas se lhe seu sua seus
suas nos nosso nossa nossos nossas comigo
sou e somos sao era eram ser sera seria sido estou esta estamos estao estava estar ha havia haver
tenho tem temos tinha ter tive teve faco faz fazemos fazem fazer faca fez feito
posso pode podemos podem poderia poder quero quer queremos querem queria querer preciso precisa
precisamos precisar devo deve devemos deveria vou vai vamos vao ir da dar
e ou nem mas porem porque pois enquanto como quando onde qual quais quem que quanto quanta
quantos quantas por pela pelo para pra com sem de do da dos das em no na nos nas num numa ao aos
ante contra desde durante entre ate sobre apos
agora hoje amanha ontem depois antes ja ainda sempre nunca aqui ai ali la assim muito muita muitos
muitas mais menos pouco tanto tao tambem so somente bem mal quase talvez vez vezes
ola oi bom boa dia tarde noite obrigado obrigada favor por desculpe ok sim nao
ajuda ajudar ajude saber sabe diga dizer explique explicar mostre mostrar pergunta duvida possivel
maneira forma
"""
_ARABIC = """
من في على إلى عن مع هذا هذه ذلك تلك هؤلاء هو هي هم نحن أنا أنت انت أنتم ما ماذا هل كيف متى أين
اين لماذا كم أي اي الذي التي الذين أن ان إن إذا لو لا لم لن ليس قد كان كانت يكون تكون ثم أو او
بل لكن حتى بعد قبل عند عندما كل بعض غير بين تحت فوق يمكن يمكنني يمكنك أريد اريد أحتاج احتاج أستطيع
استطيع شيء به بها له لها لي لك بم بمَ مرحبا أهلا اهلا شكرا فضلك نعم مساعدتي ساعدني مساعدة أخبرني
"""
_FRENCH = """
le la les l un une des du de d au aux ce cet cette ces c ca cela ceci celui celle autre autres tout
toute tous toutes quelque quelques aucun aucune chaque meme rien quelqu quelqu un chose choses
je j me m moi mon ma mes tu te t toi ton ta tes il elle on nous notre nos vous votre vos ils elles
leur leurs se s son sa ses lui y en
suis es est sommes etes sont etais etait etaient etre ete sera serait ai as a avons avez ont avais
avait avoir eu aura fais fait faisons faites font faire ferai peux peut pouvons pouvez peuvent
pourrais pourrait pourriez pouvoir veux veut voulons voulez veulent voudrais vouloir dois doit
devons devez doivent devrais devoir vais va allons allez vont aller faut
et ou ni mais car donc or que qu qui quoi dont quel quelle quels quelles comment quand pourquoi
combien si parce puisque pour par avec sans sous sur dans chez contre entre vers depuis pendant
avant apres jusqu n ne pas plus moins tres trop bien mal aussi encore deja toujours jamais ici
maintenant aujourd hui hier demain
bonjour bonsoir salut merci svp stp plait oui non ok aide aider aidez savoir sais dire dites
montrer expliquer possible moyen facon
"""
_GERMAN = """
der die das den dem des ein eine einen einem einer eines kein keine keinen dieser diese dieses
diesen diesem jener jede jeder jedes alle alles andere anderen anderer etwas nichts man
ich mich mir mein meine meinen meinem meiner du dich dir dein deine er ihn ihm sein seine sie ihr
ihre ihren ihrem es wir uns unser unsere unseren ihr euch euer sich selbst
bin bist ist sind seid war waren sein gewesen habe hast hat haben hatte hatten werde wird werden
wurde wurden worden kann kannst konnen konnte konnten darf durfen muss mussen musste soll sollen
sollte will wollen wollte mochte mochten mache macht machen gemacht tun tut geht gehen gibt geben
lasst lassen
und oder aber denn doch sondern weil dass ob wenn als wie was wer wen wem wo wohin woher wann warum
wieso welche welcher welches welchen wieviel viel viele mehr weniger
in im ins an am auf aus bei beim mit nach von vom vor zu zum zur uber unter fur gegen ohne um durch
zwischen bis seit nicht auch nur noch schon sehr so da dort hier dann jetzt heute morgen gestern
immer nie wieder
hallo guten tag danke bitte ja nein ok hilfe helfen hilf wissen weiss sagen zeigen erklaren moglich
"""
_ITALIAN = """
il lo la i gli le l un uno una dei degli delle del dello della dell al allo alla ai agli alle dal
dalla dai nel nella nei nelle sul sulla sui questo questa questi queste quello quella quelli quelle
altro altra altri altre tutto tutta tutti tutte ogni nessuno niente nulla qualcosa qualcuno cosa
io mi me mio mia miei mie tu ti te tuo tua lui lei ci noi nostro nostra nostri nostre voi vi vostro
loro si suo sua suoi ne
sono sei e siamo siete era erano essere stato stata sara ho hai ha abbiamo avete hanno aveva avere
avuto faccio fai fa facciamo fate fanno fare fatto posso puoi puo possiamo potete possono potrei
potere voglio vuoi vuole vogliamo vorrei volere devo devi deve dobbiamo dovete devono dovere vado
va andare
o ed ma perche se che chi cui quale quali quando dove come quanto quanta quanti quante per con
senza sotto sopra tra fra di da in a su contro verso dopo prima durante non piu meno molto poco
troppo bene male anche ancora gia sempre mai qui ora adesso oggi ieri domani
ciao buongiorno grazie prego scusa scusi si no ok aiuto aiutare aiutami sapere so dire dimmi
mostrare spiegare possibile modo
"""
_DUTCH = """
de het een deze dit die dat elke ieder alle alles andere iets niets men
ik mij me mijn jij je jou jouw u uw hij hem zijn zij ze haar wij we ons onze jullie hun zich
ben bent is zijn was waren geweest heb hebt heeft hebben had hadden word wordt worden werd kan kunt
kunnen kon konden mag mogen moet moeten moest zal zullen zou zouden wil willen wilde doe doet doen
gedaan ga gaat gaan
en of maar want omdat dat als wanneer hoe wat wie waar waarom welke hoeveel veel meer minder
in op aan bij met naar van voor door over onder uit tot tegen zonder om tussen sinds niet geen ook
nog al heel zeer zo daar hier dan nu vandaag morgen gisteren altijd nooit weer er te
hallo dank bedankt alstublieft graag ja nee ok hulp help helpen weten zeggen tonen uitleggen
mogelijk
"""
STOP_WORDS = {"en": frozenset(_ENGLISH.split()), "es": frozenset(_SPANISH.split())}
# Of languages whose articles are searched last, where others answer.
MORE_STOP_WORDS = {
    "ar": frozenset(fold(word) for word in _ARABIC.split()),
    "de": frozenset(_GERMAN.split()),
    "fr": frozenset(_FRENCH.split()),
    "it": frozenset(_ITALIAN.split()),
    "nl": frozenset(_DUTCH.split()),
    "pt": frozenset(_PORTUGUESE.split()),
}
