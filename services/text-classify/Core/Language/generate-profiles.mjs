#!/usr/bin/env node
// Writes language-profiles.tsv: how common runs of three letters are in each language, for languages that share a script.
//
// Source: the language models of the package SearchPioneer.Lingua 2.0.0 (Apache-2.0; counted by the authors of Lingua in a million
// sentences of news a language). Letters are folded as TextNormalizer folds them, and runs that become one are added up. Rows:
//   L <language> <ISO 15924 script>       in the order of their letters below
//   T <run> <letter><weight> ...          letter: 'A' is the first language, and so on in ASCII; weight: '!' is 1, and so on in ASCII
// A weight is round((ln probability + 12) * 8), at least 1; a run that a language lacks weighs nothing there.
// Usage: generate-profiles.mjs <.nuget/packages/searchpioneer.lingua/2.0.0> > language-profiles.tsv
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { join } from 'node:path';

const Languages = {
  Latn: 'en de fr pt es fi it nl pl tr id vi sv da nb ro cs sw hu tl af az ca cy et eu hr is lt lv sk sl so sq'.split(' '),
  Cyrl: 'ru uk bg mk sr be kk'.split(' '),
  Arab: 'ar fa ur'.split(' '),
  Deva: 'hi mr'.split(' '),
};
const Kept = 2500;

const folding = new Map();
for (const line of readFileSync(join(import.meta.dirname, '../Normalize/unicode-folding.tsv'), 'utf8').split('\n')) {
  const [kind, from, to] = line.split('\t');
  if (kind === 'F') folding.set(String.fromCodePoint(parseInt(from, 16)), to.split(' ').map(p => String.fromCodePoint(parseInt(p, 16))).join(''));
}
const fold = run => [...run].map(c => folding.get(c) ?? c).join('');

function frequencies(folder, language, size) {
  const file = join(folder, 'contentFiles/any/any/Lingua/LanguageModels', language, `${size}.json.br`);
  const { ngrams } = JSON.parse(brotliDecompressSync(readFileSync(file)));
  const result = new Map();
  for (const [fraction, runs] of Object.entries(ngrams)) {
    const [a, b] = fraction.split('/').map(Number);
    for (const run of runs.split(' ')) result.set(run, a / b);
  }
  return result;
}

const rows = new Map();
const letters = Object.entries(Languages).flatMap(([script, languages]) => languages.map(language => ({ script, language })));
letters.forEach(({ script, language }, index) => {
  const [ones, twos, threes] = ['unigrams', 'bigrams', 'trigrams'].map(size => frequencies(process.argv[2], language, size));
  const folded = new Map();
  for (const [run, given] of threes) {
    const [a, b] = [...run];
    const own = fold(run);
    if (own.length !== 3) continue;
    folded.set(own, (folded.get(own) ?? 0) + given * (twos.get(a + b) ?? 0) * (ones.get(a) ?? 0));
  }
  const common = [...folded].sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1)).slice(0, Kept);
  for (const [run, probability] of common) {
    const weight = Math.max(1, Math.round((Math.log(probability) + 12) * 8));
    if (weight > 92) throw new Error(`${language}: ${run} is too common to be written`);
    rows.set(run, (rows.get(run) ?? '') + String.fromCharCode(65 + index) + String.fromCharCode(32 + weight));
  }
});
const out = ['# Written by generate-profiles.mjs from SearchPioneer.Lingua 2.0.0, Apache-2.0'];
for (const { script, language } of letters) out.push(`L\t${language}\t${script}`);
for (const run of [...rows.keys()].sort()) out.push(`T\t${run}\t${rows.get(run)}`);
process.stdout.write(out.join('\n') + '\n');
