#!/usr/bin/env python3
"""Writes unicode-folding.tsv: what TextNormalizer needs of the Unicode Character Database.

The suite runs in invariant globalization mode, where string.Normalize returns its input unchanged, so the tables travel
with the code. Rows:
  F <code point> <folded code points>   compatibility decomposition of the lower-case form, to a fixed point; marks on a
                                        Latin base and marks beyond the basic plane are dropped; other scripts are recomposed (NFC);
                                        an emoji becomes words of its name between colons, a regional indicator its letter
  C <mark> <combining class>            for canonical ordering
  P <first> <second> <composed>         canonical composition, exclusions left out, Hangul left out (it is algorithmic)
Code points are hexadecimal. Usage: generate-folding.py > unicode-folding.tsv
"""
import sys
import unicodedata as u

SMALL_CAPITALS = dict(zip('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnopqrstuvwyz'))
LATIN_LOOK_ALIKES = {'ɑ': 'a', 'ɡ': 'g', 'ı': 'i', 'ɩ': 'i', 'ȷ': 'j', 'ø': 'o', 'đ': 'd', 'ł': 'l', 'ħ': 'h', 'ŧ': 't', 'ɪ': 'i'}
ENCLOSED = {}
for first in (0x1F150, 0x1F170):
    for i in range(26):
        ENCLOSED[chr(first + i)] = chr(97 + i)
for i in range(26):
    ENCLOSED[chr(0x1F1E6 + i)] = chr(97 + i)

EMOJI = [range(0x1F300, 0x1FB00), range(0x2600, 0x27C0), range(0x231A, 0x231C), range(0x23E9, 0x23FB), [0x2B50, 0x2B55]]
NAMED = dict(zip(range(0x1F3FB, 0x1F400), ('light_skin', 'medium_light_skin', 'medium_skin', 'medium_dark_skin', 'dark_skin')))
NAMED[0x1F595] = 'middle_finger'  # "reversed hand with middle finger extended" loses its point after three words
# Colours of the drawing are left out: a "black heart suit" would say "black".
FILLERS = {'FACE', 'SIGN', 'SYMBOL', 'WITH', 'AND', 'OF', 'THE', 'A', 'BLACK', 'WHITE', 'HEAVY', 'FOR', 'IN', 'ON'}


def emoji_words(cp):
    """Up to three words of an emoji's name, or None for anything else."""
    if cp in NAMED:
        return f':{NAMED[cp]}:'
    if not any(cp in r for r in EMOJI) or u.category(chr(cp)) != 'So':
        return None
    words = [''.join(x for x in w if 'A' <= x <= 'Z') for w in u.name(chr(cp)).replace('-', ' ').split()]
    words = [w for w in words if len(w) > 1] or ['EMOJI']
    kept = [w for w in words if w not in FILLERS] or words
    return ':' + '_'.join(kept[:3]).lower() + ':'


def is_mark(c):
    return u.category(c) in ('Mn', 'Mc', 'Me')


def is_latin(c):
    return c.isalpha() and u.name(c, '').startswith(('LATIN', 'FEMININE', 'MASCULINE'))


def fold(c):
    text = c
    for _ in range(8):
        step = u.normalize('NFKD', ''.join(SMALL_CAPITALS.get(x, LATIN_LOOK_ALIKES.get(x, ENCLOSED.get(x, x))) for x in text))
        step = u.normalize('NFKD', ''.join(x.lower() if len(x.lower()) == 1 else u.normalize('NFKD', x.lower()) for x in step))
        kept, base = [], ''
        for x in step:
            if is_mark(x) and ord(x) > 0xFFFF:
                continue
            if not is_mark(x):
                base = x
                kept.append(x)
            elif base and base != ' ' and not is_latin(base):
                kept.append(x)
            elif not base:
                kept.append(x)
        step = u.normalize('NFC', ''.join(kept))
        if step == text:
            return text
        text = step
    raise SystemExit(f'no fixed point for U+{ord(c):04X}')


def points(s):
    return ' '.join(f'{ord(x):X}' for x in s)


print(f'# Unicode {u.unidata_version}; written by generate-folding.py')
for cp in range(0x110000):
    if 0xD800 <= cp <= 0xDFFF or 0xAC00 <= cp <= 0xD7A3:
        continue
    c = chr(cp)
    if u.category(c) in ('Cn', 'Co', 'Cc', 'Cf', 'Zs', 'Zl', 'Zp'):
        continue
    f = emoji_words(cp) or fold(c)
    if f != c and f:
        print(f'F\t{cp:X}\t{points(f)}')
for cp in range(0x110000):
    if u.combining(chr(cp)):
        print(f'C\t{cp:X}\t{u.combining(chr(cp))}')
for cp in range(0x110000):
    if 0xAC00 <= cp <= 0xD7A3:
        continue
    d = u.decomposition(chr(cp))
    if d and not d.startswith('<') and len(d.split()) == 2:
        a, b = (int(x, 16) for x in d.split())
        if u.normalize('NFC', chr(a) + chr(b)) == chr(cp) and not is_latin(chr(a)):
            print(f'P\t{a:X}\t{b:X}\t{cp:X}')
