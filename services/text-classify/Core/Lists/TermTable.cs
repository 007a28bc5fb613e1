namespace Moderation.TextClassify.Lists;

/// <summary>
/// Terms in ordinal order with a hash table over their first units (after Wu and Manber 1994): where a text goes on with a term's first
/// <see cref="Head"/> units, the terms that share them are a run of neighbours, narrowed unit by unit. A million terms cost the sorting and
/// 20 bytes each beside their strings; a place in a text costs at most <see cref="Head"/> look-ups where nothing matches. Immutable.
/// </summary>
internal sealed class TermTable
{
    /// <summary>Units that are looked up together. Of a million phrases nearly all differ in their first five; a shorter term is looked up whole.</summary>
    public const int Head = 5;

    private const uint Prime = 0x01000193;
    private const uint Seed = 0x811C9DC5;

    private readonly string[] _terms;

    // The first term of each group of one head, and one past the last group's last.
    private readonly int[] _groups;

    // Groups by the hash of their head, 1-based; 0 is an empty slot.
    private readonly int[] _slots;

    // Bit n: some head has n units.
    private readonly int _headLengths;

    /// <summary>Takes terms in ordinal order, each once and none empty.</summary>
    public TermTable(string[] sortedTerms)
    {
        _terms = sortedTerms;
        var groups = new List<int>();
        for (var i = 0; i < sortedTerms.Length; i++)
            if (i == 0 || !HeadOf(sortedTerms[i]).SequenceEqual(HeadOf(sortedTerms[i - 1]))) groups.Add(i);
        groups.Add(sortedTerms.Length);
        _groups = [.. groups];
        _slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, groups.Count * 2))];
        for (var group = 0; group + 1 < _groups.Length; group++)
        {
            var head = HeadOf(sortedTerms[_groups[group]]);
            _headLengths |= 1 << head.Length;
            var hash = Seed;
            foreach (var c in head) hash = (hash ^ c) * Prime;
            var slot = Slot(hash);
            while (_slots[slot] != 0) slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = group + 1;
        }
    }

    /// <summary>The terms, in ordinal order.</summary>
    public ReadOnlySpan<string> Terms => _terms;

    /// <summary>Calls <paramref name="found"/> with start and term of each term that begins at a place of the text, shorter ones first.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The place, 0 to the text's last unit.</param>
    /// <param name="found">Is told.</param>
    public void FindAt(ReadOnlySpan<char> text, int start, Action<int, string> found)
    {
        var rest = text[start..];
        var hash = Seed;
        for (var length = 1; length <= Math.Min(Head, rest.Length); length++)
        {
            hash = (hash ^ rest[length - 1]) * Prime;
            if ((_headLengths >> length & 1) == 0) continue;
            for (var slot = Slot(hash); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
            {
                var group = _slots[slot] - 1;
                if (!HeadOf(_terms[_groups[group]]).SequenceEqual(rest[..length])) continue;
                Narrow(rest, start, _groups[group], _groups[group + 1], length, found);
                break;
            }
        }
    }

    /// <summary>All terms between two indices begin with the text's first <paramref name="depth"/> units.</summary>
    private void Narrow(ReadOnlySpan<char> rest, int start, int low, int high, int depth, Action<int, string> found)
    {
        while (true)
        {
            if (_terms[low].Length == depth)
            {
                found(start, _terms[low]);
                low++;
            }
            if (low == high || depth == rest.Length) return;
            if (high - low == 1)
            {
                if (rest[depth..].StartsWith(_terms[low].AsSpan(depth))) found(start, _terms[low]);
                return;
            }
            low = First(low, high, depth, rest[depth]);
            high = First(low, high, depth, rest[depth] + 1);
            if (low == high) return;
            depth++;
        }
    }

    /// <summary>The first term between two indices whose unit at a depth is not below another.</summary>
    private int First(int low, int high, int depth, int unit)
    {
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_terms[middle][depth] < unit) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private int Slot(uint hash)
    {
        hash ^= hash >> 15;
        hash *= 0x2C1B3C6D;
        return (int)((hash ^ hash >> 13) & (uint)(_slots.Length - 1));
    }

    private static ReadOnlySpan<char> HeadOf(string term) => term.AsSpan(0, Math.Min(Head, term.Length));
}
