using System.Runtime.InteropServices;

namespace Moderation.TextClassify.Claims;

/// <summary>
/// Okapi BM25 (Robertson and Zaragoza 2009) over documents of terms, k1 = 1.2 and b = 0.75, with the idf that is never negative. The weight of
/// each term in each document is computed once; a query adds up postings.
/// </summary>
internal sealed class Bm25
{
    private const float K1 = 1.2f;
    private const float B = 0.75f;

    private readonly Dictionary<string, int> _terms = new(StringComparer.Ordinal);
    private readonly (int Document, float Weight)[][] _postings;
    private readonly float[] _idf;

    public Bm25(IReadOnlyList<IReadOnlyList<string>> documents)
    {
        Count = documents.Count;
        var postings = new List<List<(int, float)>>();
        var average = documents.Count == 0 ? 1 : Math.Max(1, documents.Average(d => d.Count));
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var document = 0; document < documents.Count; document++)
        {
            counts.Clear();
            foreach (var term in documents[document]) CollectionsMarshal.GetValueRefOrAddDefault(counts, term, out _)++;
            var norm = K1 * (1 - B + B * documents[document].Count / (float)average);
            foreach (var (term, count) in counts)
            {
                ref var at = ref CollectionsMarshal.GetValueRefOrAddDefault(_terms, term, out var known);
                if (!known)
                {
                    at = postings.Count;
                    postings.Add([]);
                }
                postings[at].Add((document, count * (K1 + 1) / (count + norm)));
            }
        }
        _postings = [.. postings.Select(p => p.ToArray())];
        _idf = [.. _postings.Select(p => Idf(p.Length))];
        Unseen = Idf(0);
    }

    /// <summary>Number of documents.</summary>
    public int Count { get; }

    /// <summary>The idf of a term that no document has.</summary>
    public float Unseen { get; }

    /// <summary>The idf of a term.</summary>
    public float IdfOf(string term) => _terms.TryGetValue(term, out var at) ? _idf[at] : Unseen;

    /// <summary>Adds the scores of all documents for a set of terms, times a factor.</summary>
    /// <param name="query">The terms, each once.</param>
    /// <param name="maxShare">Terms that more than this share of the documents have are passed over: they cost most and say least.</param>
    /// <param name="scores">Receives the scores by document.</param>
    public void Add(IEnumerable<string> query, float maxShare, Span<float> scores)
    {
        var most = Math.Max(20, (int)(maxShare * Count));
        foreach (var term in query)
        {
            if (!_terms.TryGetValue(term, out var at) || _postings[at].Length > most) continue;
            var idf = _idf[at];
            foreach (var (document, weight) in _postings[at]) scores[document] += idf * weight;
        }
    }

    private float Idf(int documents) => MathF.Log(1 + (Count - documents + 0.5f) / (documents + 0.5f));
}
