using System.Buffers;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Claims;

/// <summary>A claim that a text may repeat.</summary>
/// <param name="Check">Its fact-check.</param>
/// <param name="Probability">The calibrated probability that the text repeats it, 0 to 1.</param>
public readonly record struct ClaimCandidate(FactCheck Check, float Probability);

/// <summary>
/// Finds the claims that a text may repeat: BM25 over stems of title and claim, plus a fifth of BM25 over runs of four letters, the best twenty
/// ranked again by how much of the title the text covers. The weights were chosen on the training part of the CLEF-2020 CheckThat! claims.
/// Immutable.
/// </summary>
public sealed class ClaimIndex
{
    /// <summary>Words that say something, in a text of fewer nothing is looked for.</summary>
    private const int MinStems = 3;

    private const int Ranked = 20;
    private const float RunWeight = 0.2f;
    private const float TitleWeight = 0.2f;

    // What most claims contain tells none apart and costs most. Measured: no difference in the ranking.
    private const float MaxStemShare = 0.2f;
    private const float MaxRunShare = 0.12f;

    private readonly FactCheck[] _checks;
    private readonly HashSet<string>[] _titles;
    private readonly HashSet<string>[] _claims;
    private readonly HashSet<(string, string)>[] _pairs;
    private readonly Bm25 _stems;
    private readonly Bm25 _runs;

    /// <summary>Builds it; about 50 µs a claim.</summary>
    public ClaimIndex(IReadOnlyList<FactCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        _checks = [.. checks];
        var stems = new List<string>[_checks.Length];
        var runs = new List<string>[_checks.Length];
        (_titles, _claims, _pairs) = (new HashSet<string>[_checks.Length], new HashSet<string>[_checks.Length], new HashSet<(string, string)>[_checks.Length]);
        for (var i = 0; i < _checks.Length; i++)
        {
            var (title, claim) = (Read(_checks[i].Title), Read(_checks[i].Claim));
            var (titleStems, claimStems) = (ClaimWords.Stems(title), ClaimWords.Stems(claim));
            stems[i] = [.. titleStems, .. claimStems];
            (_titles[i], _claims[i], _pairs[i]) = ([.. titleStems], [.. claimStems], [.. Pairs(stems[i])]);
            ClaimWords.Runs(title, runs[i] = []);
            ClaimWords.Runs(claim, runs[i]);
        }
        (_stems, _runs) = (new Bm25(stems), new Bm25(runs));
    }

    /// <summary>Number of claims.</summary>
    public int Count => _checks.Length;

    /// <summary>The claims that a text may repeat, likeliest first.</summary>
    /// <param name="submitted">The text as submitted.</param>
    /// <param name="count">How many at most, 1 to 20.</param>
    public IReadOnlyList<ClaimCandidate> Match(string submitted, int count)
    {
        ArgumentNullException.ThrowIfNull(submitted);
        if (_checks.Length == 0) return [];
        var text = Read(HashTags.Spread(submitted));
        var stems = ClaimWords.Stems(text);
        var distinct = stems.ToHashSet(StringComparer.Ordinal);
        if (distinct.Count < MinStems) return [];
        var best = Best(text, distinct);
        if (best.Count == 0) return [];
        var pairs = Pairs(stems).ToHashSet();
        var total = distinct.Sum(s => _stems.IdfOf(s));
        var found = new List<ClaimCandidate>(count);
        for (var rank = 0; rank < Math.Min(count, best.Count); rank++)
        {
            var (document, score) = best[rank];
            var next = rank + 1 < best.Count ? best[rank + 1].Score : 0;
            var covered = distinct.Where(s => _titles[document].Contains(s) || _claims[document].Contains(s)).Sum(s => _stems.IdfOf(s));
            var probability = ClaimCalibration.Probability(
                covered / total, Coverage(_claims[document], distinct), Coverage(_titles[document], distinct), score, (score - next) / score,
                pairs.Count(p => _pairs[document].Contains(p)), distinct.Count);
            // A candidate behind another is no likelier than that one.
            found.Add(new ClaimCandidate(_checks[document], rank == 0 ? probability : Math.Min(probability, found[^1].Probability)));
        }
        return found;
    }

    private List<(int Document, float Score)> Best(string text, HashSet<string> stems)
    {
        var runs = new HashSet<string>(StringComparer.Ordinal);
        ClaimWords.Runs(text, runs);
        var (byStems, byRuns) = (ArrayPool<float>.Shared.Rent(_checks.Length), ArrayPool<float>.Shared.Rent(_checks.Length));
        try
        {
            Array.Clear(byStems, 0, _checks.Length);
            Array.Clear(byRuns, 0, _checks.Length);
            _stems.Add(stems, MaxStemShare, byStems);
            _runs.Add(runs, MaxRunShare, byRuns);
            var best = new PriorityQueue<int, float>();
            for (var i = 0; i < _checks.Length; i++)
            {
                // Without a word in common runs of letters are chance.
                if (byStems[i] == 0) continue;
                var score = byStems[i] + RunWeight * byRuns[i];
                if (best.Count < Ranked) best.Enqueue(i, score);
                else if (best.TryPeek(out _, out var least) && score > least) best.EnqueueDequeue(i, score);
            }
            var ranked = new List<(int Document, float Score)>(best.Count);
            while (best.TryDequeue(out var document, out var score)) ranked.Add((document, score * (1 + TitleWeight * Coverage(_titles[document], stems))));
            ranked.Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Document.CompareTo(b.Document));
            return ranked;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(byStems);
            ArrayPool<float>.Shared.Return(byRuns);
        }
    }

    // How much of a title or claim the text has, weighed by how rare the words are.
    private float Coverage(HashSet<string> words, HashSet<string> text)
    {
        float all = 0, covered = 0;
        foreach (var word in words)
        {
            var idf = _stems.IdfOf(word);
            all += idf;
            if (text.Contains(word)) covered += idf;
        }
        return all == 0 ? 0 : covered / all;
    }

    private static IEnumerable<(string, string)> Pairs(List<string> stems)
    {
        for (var i = 1; i < stems.Count; i++) yield return (stems[i - 1], stems[i]);
    }

    private static string Read(string text) => PersonalData.Replace(TextNormalizer.Normalize(text)).Text;
}
