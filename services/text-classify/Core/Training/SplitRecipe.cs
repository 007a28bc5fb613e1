using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Training;

/// <summary>
/// Carves development, calibration and test parts out of a source's given train part where the source lacks them.
/// Recipe, for each source on its own:
/// near-duplicates (they share one of four two-row MinHash bands over runs of eight letters) form a group; a train row
/// grouped with a given dev or test row is left out; the remaining groups are put in the order of a seeded hash within
/// the stratum of their rows' labels, and the first of each stratum go to test (10 %, where the source has no test rows),
/// dev (5 %, where it has no dev rows), calibration (5 %), the rest to train. Sources with fewer than 2,000 rows give
/// 20, 10 and 10 %. Stratum: the positive labels, and which labels are known, of the group's first row.
/// </summary>
internal static class SplitRecipe
{
    private const int Bands = 4;
    private const int Run = 8;
    private const int SmallSource = 2000;

    /// <summary>The part of each row, in the rows' order; null where a row is left out as a copy of a held-out one.</summary>
    public static DataPart?[] Assign(IReadOnlyList<TrainingRow> rows, ulong seed)
    {
        var parts = new DataPart?[rows.Count];
        foreach (var source in rows.Select((row, index) => (row, index)).GroupBy(r => r.row.Source, r => r.index))
            AssignSource(rows, [.. source], parts, seed);
        return parts;
    }

    private static void AssignSource(IReadOnlyList<TrainingRow> rows, int[] members, DataPart?[] parts, ulong seed)
    {
        var groups = NearDuplicates(rows, members);
        var hasTest = members.Any(i => rows[i].Part == DataPart.Test);
        var hasDev = members.Any(i => rows[i].Part == DataPart.Dev);
        var small = members.Length < SmallSource;
        double test = hasTest ? 0 : small ? 0.2 : 0.1, dev = hasDev ? 0 : small ? 0.1 : 0.05, calibration = small ? 0.1 : 0.05;
        var open = new List<List<int>>();
        foreach (var group in groups)
        {
            var heldOut = group.Exists(i => rows[i].Part != DataPart.Train);
            foreach (var i in group)
                parts[i] = rows[i].Part == DataPart.Train && heldOut ? null : rows[i].Part;
            if (!heldOut) open.Add(group);
        }
        foreach (var stratum in open.GroupBy(g => (rows[g[0]].Positive, rows[g[0]].Known)).OrderBy(g => g.Key))
        {
            var ordered = stratum.OrderBy(g => StableHash.Of(rows[g[0]].Text, seed)).ThenBy(g => g[0]).ToArray();
            var total = ordered.Sum(g => g.Count);
            var taken = 0;
            foreach (var group in ordered)
            {
                var share = (taken + 0.5) / total;
                var part = share < test ? DataPart.Test
                    : share < test + dev ? DataPart.Dev
                    : share < test + dev + calibration ? DataPart.Calibration : DataPart.Train;
                foreach (var i in group) parts[i] = part;
                taken += group.Count;
            }
        }
    }

    private static List<List<int>> NearDuplicates(IReadOnlyList<TrainingRow> rows, int[] members)
    {
        var parent = Enumerable.Range(0, members.Length).ToArray();
        var seen = new Dictionary<ulong, int>();
        Span<ulong> minima = stackalloc ulong[Bands * 2];
        for (var m = 0; m < members.Length; m++)
        {
            MinHash(rows[members[m]].Text, minima);
            for (var band = 0; band < Bands; band++)
            {
                var key = StableHash.Mix(minima[band * 2] ^ StableHash.Mix(minima[band * 2 + 1] + (ulong)band));
                if (!seen.TryAdd(key, m)) Union(parent, seen[key], m);
            }
        }
        var groups = new Dictionary<int, List<int>>();
        var ordered = new List<List<int>>();
        for (var m = 0; m < members.Length; m++)
        {
            var root = Find(parent, m);
            if (!groups.TryGetValue(root, out var group))
            {
                groups[root] = group = [];
                ordered.Add(group);
            }
            group.Add(members[m]);
        }
        return ordered;
    }

    private static void MinHash(string text, Span<ulong> minima)
    {
        Span<char> letters = stackalloc char[600];
        var length = 0;
        foreach (var c in TextNormalizer.Normalize(text.AsSpan(0, Math.Min(text.Length, 1000))).Text)
        {
            if (length == letters.Length) break;
            if (char.IsLetter(c) || char.IsSurrogate(c)) letters[length++] = c;
        }
        minima.Fill(ulong.MaxValue);
        // Texts shorter than a run are their own single shingle.
        for (var i = 0; i == 0 || i + Run <= length; i++)
        {
            var hash = StableHash.Of(letters[i..Math.Min(length, i + Run)], 7);
            for (var k = 0; k < minima.Length; k++)
            {
                var own = StableHash.Mix(hash + (ulong)k * 0xD1B54A32D192ED03UL);
                if (own < minima[k]) minima[k] = own;
            }
        }
    }

    private static int Find(int[] parent, int i)
    {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    }

    private static void Union(int[] parent, int a, int b)
    {
        a = Find(parent, a);
        b = Find(parent, b);
        if (a != b) parent[Math.Max(a, b)] = Math.Min(a, b);
    }
}
