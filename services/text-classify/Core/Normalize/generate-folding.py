#!/usr/bin/env python3
"""Writes unicode-folding.tsv: what TextNormalizer needs of the Unicode Character Database.

The suite runs in invariant globalization mode, where string.Normalize returns its input unchanged, so the tables travel
with the code. Rows:
  F <code point> <folded code points>   compatibility decomposition of the lower-case form, to a fixed point; marks on a
                                        Latin base and marks beyond the basic plane are dropped; other scripts are recomposed (NFC)
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
    f = fold(c)
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
