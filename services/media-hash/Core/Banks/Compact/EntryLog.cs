using System.Diagnostics.CodeAnalysis;

namespace Moderation.MediaHash.Banks.Compact;

/// <summary>
/// Records one behind the other in pages of a megabyte. An address names a record for good: nothing is ever written twice to one, so it serves
/// as the key of an index as well. A page of which most has died is emptied by its owner and dropped; who comes late with an address in it is told
/// so and looks again. One writer, any number of readers, no lock.
/// </summary>
internal sealed class EntryLog
{
    private const int PageBits = 20;
    private const int PageLength = 1 << PageBits;

    private LogPage?[] _pages = new LogPage?[16];
    private LogPage? _tail;
    private int _next;

    /// <summary>Bytes of all pages.</summary>
    public long ByteCount { get; private set; }

    /// <summary>The address that the next record will have, or a smaller one.</summary>
    public long NextAddress => _tail is null ? (long)_next << PageBits : AddressOf(_next - 1, _tail.Used);

    /// <summary>The page and offset of an address.</summary>
    public static (int Page, int Offset) Split(long address) => ((int)(address >> PageBits), (int)(address & (PageLength - 1)));

    /// <summary>The address of an offset in a page.</summary>
    public static long AddressOf(int page, int offset) => ((long)page << PageBits) + offset;

    /// <summary>Adds a record; answers its address.</summary>
    public long Append(ReadOnlySpan<byte> record)
    {
        if (_tail is null || _tail.Used + record.Length > _tail.Bytes.Length)
            Open(Math.Max(PageLength, record.Length));
        record.CopyTo(_tail.Bytes.AsSpan(_tail.Used));
        var address = AddressOf(_next - 1, _tail.Used);
        _tail.Used += record.Length;
        return address;
    }

    /// <summary>Takes a page of records as it is; answers its number.</summary>
    public int Append(byte[] page, int used)
    {
        Add(new LogPage(page) { Used = used });
        _tail = null;
        return _next - 1;
    }

    /// <summary>The bytes from an address on; false when its page was dropped since the address was read.</summary>
    public bool TryRead(long address, out ReadOnlySpan<byte> record)
    {
        var (number, offset) = Split(address);
        if (Volatile.Read(ref Volatile.Read(ref _pages)[number]) is not { } page)
        {
            record = default;
            return false;
        }
        record = page.Bytes.AsSpan(offset);
        return true;
    }

    /// <summary>Marks a record as dead; answers whether its page is worth emptying now.</summary>
    public bool Kill(long address, int length)
    {
        var (number, offset) = Split(address);
        var page = _pages[number] ?? throw new InvalidOperationException("A record was removed from a page that is gone.");
        page.Bytes[offset + EntryRecord.LifeOffset] = EntryRecord.Dead;
        page.DeadBytes += length;
        return page != _tail && page.DeadBytes > page.Used / 2;
    }

    /// <summary>A page, for the writer; null when it was dropped.</summary>
    public LogPage? Page(int number) => _pages[number];

    /// <summary>Drops a page that nothing refers to any more.</summary>
    public void Drop(int number)
    {
        ByteCount -= _pages[number]?.Bytes.Length ?? 0;
        Volatile.Write(ref _pages[number], null);
    }

    /// <summary>The pages as they are, for reading at leisure: what is in them stays readable, dropped or not.</summary>
    public (LogPage? Page, int Used)[] Capture() => [.. _pages.Take(_next).Select(page => (page, page?.Used ?? 0))];

    /// <summary>All pages that are there, with their numbers. A reader may miss what comes meanwhile.</summary>
    public IEnumerable<(int Number, LogPage Page)> Pages()
    {
        var pages = Volatile.Read(ref _pages);
        for (var i = 0; i < pages.Length; i++)
        {
            if (Volatile.Read(ref pages[i]) is { } page)
                yield return (i, page);
        }
    }

    [MemberNotNull(nameof(_tail))]
    private void Open(int length)
    {
        _tail = new LogPage(GC.AllocateUninitializedArray<byte>(length));
        Add(_tail);
    }

    private void Add(LogPage page)
    {
        if (_next == _pages.Length)
        {
            var larger = new LogPage?[_pages.Length * 2];
            _pages.CopyTo(larger, 0);
            Volatile.Write(ref _pages, larger);
        }
        ByteCount += page.Bytes.Length;
        Volatile.Write(ref _pages[_next++], page);
    }
}

/// <summary>A page of records.</summary>
/// <param name="bytes">Its bytes.</param>
internal sealed class LogPage(byte[] bytes)
{
    private int _used;

    public byte[] Bytes { get; } = bytes;

    /// <summary>Bytes written; whole records.</summary>
    public int Used
    {
        get => Volatile.Read(ref _used);
        set => Volatile.Write(ref _used, value);
    }

    /// <summary>Bytes of dead records, for the writer.</summary>
    public int DeadBytes { get; set; }
}
