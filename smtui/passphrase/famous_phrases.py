"""Well-known phrases that password crackers try first: examples, quotations, song lines and keyboard rows.

Comparisons use only the letters, so spaces, punctuation and capitals have no effect.
"""

from __future__ import annotations

FAMOUS_PHRASES = """
correct horse battery staple
my voice is my passport verify me
my voice is my passport
trust no one
i want to believe
the truth is out there
open sesame
let me in please
this is my password
this is a password
this is a passphrase
this is my passphrase
this is a long password
this is a very long password
my password is password
change me now
speak friend and enter
one ring to rule them all
one ring to rule them all one ring to find them
one ring to bring them all and in the darkness bind them
not all those who wander are lost
all that is gold does not glitter
you shall not pass
may the force be with you
these are not the droids you are looking for
do or do not there is no try
i am your father
luke i am your father
live long and prosper
to boldly go where no man has gone before
space the final frontier
resistance is futile
make it so
i am groot
with great power comes great responsibility
winter is coming
a lannister always pays his debts
you know nothing jon snow
valar morghulis
dont panic
so long and thanks for all the fish
the answer to life the universe and everything
all your base are belong to us
the cake is a lie
its dangerous to go alone take this
war war never changes
the quick brown fox jumps over the lazy dog
quick brown fox jumps over the lazy dog
lorem ipsum dolor sit amet
lorem ipsum dolor sit amet consectetur adipiscing elit
hello world
to be or not to be
to be or not to be that is the question
all the worlds a stage
a rose by any other name
romeo romeo wherefore art thou romeo
shall i compare thee to a summers day
et tu brute
now is the winter of our discontent
double double toil and trouble
something wicked this way comes
it was the best of times it was the worst of times
call me ishmael
it is a truth universally acknowledged
it was a dark and stormy night
once upon a time
once upon a midnight dreary
two roads diverged in a yellow wood
the road not taken
do not go gentle into that good night
because i could not stop for death
all happy families are alike
in the beginning god created the heaven and the earth
in the beginning was the word
the lord is my shepherd i shall not want
our father who art in heaven
for god so loved the world
let there be light
i think therefore i am
cogito ergo sum
carpe diem
veni vidi vici
alea iacta est
in vino veritas
memento mori
per aspera ad astra
sic semper tyrannis
knowledge is power
we the people of the united states
we hold these truths to be self evident
four score and seven years ago
ask not what your country can do for you
i have a dream
that is one small step for man
one small step for man one giant leap for mankind
houston we have a problem
the only thing we have to fear is fear itself
make america great again
god save the queen
god save the king
o say can you see
in god we trust
keep calm and carry on
here is looking at you kid
frankly my dear i dont give a damn
ill be back
hasta la vista baby
i see dead people
life is like a box of chocolates
you cant handle the truth
say hello to my little friend
to infinity and beyond
just keep swimming
hakuna matata
theres no place like home
were not in kansas anymore
follow the yellow brick road
supercalifragilisticexpialidocious
somewhere over the rainbow
let it be
all you need is love
imagine all the people
hey jude dont make it bad
we all live in a yellow submarine
never gonna give you up
never gonna give you up never gonna let you down
is this the real life is this just fantasy
stairway to heaven
hotel california
smoke on the water
another brick in the wall
we dont need no education
wish you were here
dark side of the moon
we will rock you
we are the champions
dont stop believing
sweet child of mine
twinkle twinkle little star
mary had a little lamb
humpty dumpty sat on a wall
row row row your boat
happy birthday to you
jingle bells jingle bells
baa baa black sheep
roses are red violets are blue
early to bed and early to rise
an apple a day keeps the doctor away
practice makes perfect
time is money
home sweet home
i love you
i love you so much
i love my mom
i love my family
fly me to the moon
the rain in spain stays mainly in the plain
how much wood would a woodchuck chuck
she sells sea shells by the sea shore
peter piper picked a peck of pickled peppers
monkey see monkey do
abracadabra alakazam
abandon all hope ye who enter here
ceci nest pas une pipe
liberte egalite fraternite
qwertyuiopasdfghjklzxcvbnm
qazwsxedcrfvtgb
qwerasdfzxcv
alle meine entchen
sein oder nichtsein das ist hier die frage
ich bin ein berliner
""".strip().split("\n")
"""The phrases in lower case, with spaces between words."""
