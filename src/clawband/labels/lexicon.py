"""The words by which a text shows what the value beside them is. Folded; no rule, only data."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONTHS = """
jan january januar janvier enero gennaio januari janeiro jänner
feb february februar février fevrier febrero febbraio februari fevereiro
mar march märz maerz mars marzo maart março
apr april avril abril aprile
may mai mayo maggio mei maio
jun june juni juin junio giugno junho
jul july juli juillet julio luglio julho
aug august août aout agosto augustus
sep sept september septembre septiembre settembre setembro
oct october oktober octobre octubre ottobre outubro okt
nov november novembre noviembre novembro
dec december dezember décembre decembre diciembre dicembre dezembro dez
"""
MONTHS = {
    name: number
    for number, line in enumerate(_MONTHS.strip().splitlines(), 1)
    for name in line.split()
}
"""The number of a month by its name or abbreviation."""
DOUBTFUL_MONTHS = _words("may mar march mars mei mai dec sep jan jun")
"""Months that are also other words, so that a bare number beside them makes no date."""

TITLED = _words("""
channel channels group groups room rooms user users username handle member members contact contacts
chat named called titled thread file folder directory document branch label list
""")
"""Nouns that say that the word beside them is a name."""
ADDRESSED = TITLED | _words("""
to invite add message tell ask ping notify dm email with cc bcc colleague friend mr mrs ms dr remove
hi hello dear
""")
"""Words before the name of somebody; not enough for an everyday word."""
PLACES = _words("channel group room chat thread inbox folder directory branch")
"""What follows the name of a place: `the general channel`."""
ACTING = _words("""
sent sends asked asks said says told tells wrote writes called calls emailed messaged posted wants
wanted needs needed paid pays owes owed charged charges gave got has had is was will would
""")
"""What follows the name of somebody who did something: `Spotify sent me a note`."""
VAGUE = _words("a an any some each every another no new which what")
"""`a private channel` names none."""
JOINED = _words("and or , &")
"""What joins the items of a list."""

_COMMON = """
a about above account accounts admin after all alert alerts also an and angel announcement
announcements any anyone april are art as ask at august autumn back be before bill black blue bot
both brand brook brown build but by call can carol case chase chat chip christian chuck clay cliff
code contact crystal current dale data date dawn day dean default design dev dick do docs dot draft
drafts drew each earl east email eve event events every everyone faith fern file files finance first
flora for forest frank free friend friends from future gene general get glen go good grace grant
gray green guest guy hall hand harmony has have he help her here him his home hope house how hr
hunter i important in inbox info is it ivy jack jasmine jean jewel job josh joy june just king lance
last legal library like lily list log logs main manager mark market marketing mason may me meeting
meetings melody memory merit message messages mike miles misc morning my name new news next nick
north not notes now of off office olive on one only open or order orders other our out owner page
pat patience pearl pen penny people personal peter piper place plan poppy private product production
project projects public question questions random ray read red reed release releases reports rich
river rob robin rock rod room rose ruby ruth sales same sandy science second security self sent set
shared she sky social some sports spring staff standup status stone storm strategy sue summer sunny
support task tasks team teams tech test testing that the their them there they this thread to today
tom travel trip tuesday updates urgent us user users victor video violet wade watercooler we web
welcome west white will willow winter with work wood you young your
"""
COMMON = _words(_COMMON)
"""Everyday words that are also names of people and channels."""
STOPWORDS = _words("""
a about all also an and any are as at be been but by can did do does for from had has have he her
his how i if in into is it its just may me my no not of off on or our out over please re she so some
than that the their them then there these they this to up us was we were what when where which who
why will with would you your fwd fw mr mrs ms dr
""")

IDS = _words("id ids number numbers nr num uid ref reference")
"""What a number after it must be an id for."""
RECORDS = _words("""
file files event events record records ticket tickets order orders message messages email emails
mail mails appointment appointments meeting meetings issue issues task tasks invoice invoices
transaction transactions booking bookings reservation reservations item items entry entries row rows
note notes document documents doc docs pr case cases job jobs page pages draft drafts version
contact contacts account accounts payment payments
""")
"""What may have an id; some are verbs, so that `order 13 pizzas` must be told apart."""
AFTER_ID = _words("""
and or from to in into with for on at is are was please by as via of off out then if so but again
now also instead which that before after
""")

CURRENCIES = _words("""
eur euro euros usd dollar dollars gbp pound pounds chf francs jpy yen cny inr cad aud sek nok dkk
pln btc eth usdt sol bucks quid franken kr
""")
UNITS = _words("""
day days night nights hour hours minute minutes min mins second seconds week weeks month months year
years people persons guests times percent am pm o st nd rd th km miles kg
""")
"""What makes a number no amount of money."""
NUMBERED = IDS | _words("no file event ticket order invoice room page step")
DATED = _words("in since of year until by")
RUN = _words("run execute command exec")
INLINE_TAGS = _words("a b big code del em font i ins kbd mark s small span strong sub sup tt u wbr")
