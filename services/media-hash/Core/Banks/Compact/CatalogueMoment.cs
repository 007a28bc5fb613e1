using Moderation.MediaHash.Index;

namespace Moderation.MediaHash.Banks.Compact;

/// <summary>A catalogue at one moment: what goes on changing in it afterwards does not show here.</summary>
internal sealed class CatalogueMoment
{
    private readonly WordTable _words;
    private readonly (LogPage? Page, int Used)[] _pages;
    private readonly PdqIndexSnapshot _index;
    private readonly List<long> _others = [];

    /// <summary>For the writer, whose turn it must be.</summary>
    public CatalogueMoment(EntryTable table)
    {
        _words = table.Words;
        Words = [.. table.Words.All];
        _pages = table.Log.Capture();
        _index = table.Index.Current;
        Count = table.Count;
        if (Count == _index.Count)
            return;
        // What dies later must not be missed, so these are noted now; PDQ entries are in the index's moment.
        foreach (var (number, (page, used)) in _pages.Index())
        {
            for (var at = 0; page is not null && at < used;)
            {
                var record = new EntryRecord(page.Bytes.AsSpan(at), _words);
                if (record is { IsDead: false } && record.Kind != HashKind.Pdq)
                    _others.Add(EntryLog.AddressOf(number, at));
                at += record.Length;
            }
        }
    }

    /// <summary>Entries.</summary>
    public int Count { get; }

    /// <summary>PDQ entries.</summary>
    public int Pictures => _index.Count;

    /// <summary>The words that records name by number.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Every record: PDQ by hash and age, then the others.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Records() => _index.SortedItems().Select(item => item.Key).Concat(_others).Select(Record);

    private ReadOnlyMemory<byte> Record(long address)
    {
        var (number, offset) = EntryLog.Split(address);
        var page = _pages[number].Page ?? throw new InvalidOperationException("An entry lies in a page that is gone.");
        return page.Bytes.AsMemory(offset, new EntryRecord(page.Bytes.AsSpan(offset), _words).Length);
    }
}
