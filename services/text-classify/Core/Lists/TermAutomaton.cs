namespace Moderation.TextClassify.Lists;

/// <summary>
/// An Aho-Corasick automaton over UTF-16 units (Aho and Corasick 1975): all occurrences of all terms in one pass over the text, whatever
/// their number. Nodes lie in breadth-first order, so that the children of a node are neighbours: 18 bytes a node, no pointers. Immutable.
/// </summary>
internal sealed class TermAutomaton
{
    private readonly char[] _labels;
    private readonly int[] _firstChild;
    private readonly int[] _fail;
    private readonly int[] _output;
    private readonly int[] _length;
    private readonly int[] _rootChild;

    /// <summary>Builds it from terms in ordinal order, each once and none empty.</summary>
    public TermAutomaton(IReadOnlyList<string> sortedTerms)
    {
        var (labels, ranges, depths, parents) = (new List<char> { '\0' }, new List<(int Low, int High)> { (0, sortedTerms.Count) }, new List<int> { 0 }, new List<int> { 0 });
        var firstChild = new List<int>();
        // Where a term ends its length stands, else 0.
        var length = new List<int>();
        for (var node = 0; node < labels.Count; node++)
        {
            firstChild.Add(labels.Count);
            var (low, high) = ranges[node];
            var depth = depths[node];
            var ends = low < high && sortedTerms[low].Length == depth;
            length.Add(ends && depth > 0 ? depth : 0);
            for (var i = ends ? low + 1 : low; i < high;)
            {
                var label = sortedTerms[i][depth];
                var end = i + 1;
                while (end < high && sortedTerms[end][depth] == label) end++;
                labels.Add(label);
                ranges.Add((i, end));
                depths.Add(depth + 1);
                parents.Add(node);
                i = end;
            }
        }
        firstChild.Add(labels.Count);
        (_labels, _firstChild, _length) = ([.. labels], [.. firstChild], [.. length]);
        _rootChild = new int[char.MaxValue + 1];
        for (var child = 1; child < _firstChild[1]; child++) _rootChild[_labels[child]] = child;
        (_fail, _output) = (new int[_labels.Length], new int[_labels.Length]);
        for (var node = 1; node < _labels.Length; node++)
        {
            // Breadth first, so the way of every shorter node is known.
            _fail[node] = parents[node] == 0 ? 0 : Next(_fail[parents[node]], _labels[node]);
            _output[node] = _length[_fail[node]] > 0 ? _fail[node] : _output[_fail[node]];
        }
    }

    /// <summary>Calls <paramref name="found"/> with start and length of each occurrence, in the order of their ends.</summary>
    public void Scan(ReadOnlySpan<char> text, Action<int, int> found)
    {
        var node = 0;
        for (var i = 0; i < text.Length; i++)
        {
            node = Next(node, text[i]);
            for (var hit = _length[node] > 0 ? node : _output[node]; hit > 0; hit = _output[hit]) found(i + 1 - _length[hit], _length[hit]);
        }
    }

    private int Next(int node, char c)
    {
        for (; node > 0; node = _fail[node])
        {
            var at = Array.BinarySearch(_labels, _firstChild[node], _firstChild[node + 1] - _firstChild[node], c);
            if (at >= 0) return at;
        }
        return _rootChild[c];
    }
}
