using System.Buffers;

namespace Moderation.MediaHash.Index;

/// <summary>Numbers on the stack as long as they are few, in rented memory beyond, and no more than a limit.</summary>
internal ref struct CandidateList(Span<int> stack, int limit)
{
    private Span<int> _items = stack;
    private int[]? _rented;
    private int _count;

    public readonly ReadOnlySpan<int> Items => _items[.._count];

    /// <summary>False when the limit is reached.</summary>
    public bool TryAdd(int item)
    {
        if (_count == _items.Length && !TryGrow())
            return false;
        _items[_count++] = item;
        return true;
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<int>.Shared.Return(_rented);
        _rented = null;
    }

    private bool TryGrow()
    {
        if (_count >= limit)
            return false;
        var larger = ArrayPool<int>.Shared.Rent(Math.Min(_count * 2, limit));
        _items.CopyTo(larger);
        Dispose();
        _rented = larger;
        _items = larger;
        return true;
    }
}
