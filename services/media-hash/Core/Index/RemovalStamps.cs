namespace Moderation.MediaHash.Index;

/// <summary>
/// At which version of the index each row was removed. Pages come into being with the first removal among their rows, so that a part from
/// which nothing is removed costs a pointer per 4,096 rows. One writer, any number of readers.
/// </summary>
internal sealed class RemovalStamps(int rows)
{
    private const int PageBits = 12;
    private const int PageRows = 1 << PageBits;

    private readonly long[]?[] _pages = new long[(rows + PageRows - 1) >> PageBits][];

    /// <summary>Rows removed so far; for the writer.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a search at this version sees the row.</summary>
    public bool IsAlive(int row, long version)
    {
        if (Volatile.Read(ref _pages[row >> PageBits]) is not { } page)
            return true;
        var stamp = Volatile.Read(ref page[row & (PageRows - 1)]);
        return stamp == 0 || stamp > version;
    }

    /// <summary>Removes the row as of a version that no search has seen yet. False when it was removed before.</summary>
    public bool TryRemove(int row, long version)
    {
        ref var slot = ref _pages[row >> PageBits];
        if (slot is null)
            Volatile.Write(ref slot, new long[PageRows]);
        ref var stamp = ref slot![row & (PageRows - 1)]; // written just above where it was null
        if (stamp != 0)
            return false;
        Volatile.Write(ref stamp, version);
        Count++;
        return true;
    }
}
