using Moderation.MediaHash.Banks.Compact;
using Moderation.MediaHash.Index;

namespace Moderation.MediaHash.Banks;

/// <summary>
/// A replica's banks in memory: entries as compact records, PDQ in the index. Matching takes no lock; changes come from one thread at a
/// time, in the order in which they were stored.
/// </summary>
public sealed class BankCatalogue
{
    /// <summary>Greatest PDQ distance of a match, the reference's recommendation.</summary>
    public const int MatchRadius = PdqIndexSnapshot.MatchRadius;

    private readonly Lock _writing = new();
    private volatile EntryTable _table = new(Environment.ProcessorCount);
    private long _version;

    /// <summary>The version of the banks that everything up to it is in here; 0 before the first load.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Number of entries.</summary>
    public int Count => _table.Count;

    /// <summary>Bytes that the entries take beside the index of perceptual hashes.</summary>
    public long EntryBytes => _table.ByteCount;

    /// <summary>How much lies in the indexes.</summary>
    public BankIndexSize IndexSize
    {
        get
        {
            var table = _table;
            var pictures = table.Index.Current;
            var (frames, bytes) = table.VideoSize;
            return new BankIndexSize(pictures.Count, frames, pictures.ByteCount + bytes);
        }
    }

    /// <summary>Sorts what came lately into the index, if there is enough of it. Takes seconds at millions of entries; matching goes on meanwhile.</summary>
    public void Compact() => _table.Compact();

    /// <summary>The entry of that identity, or null. Waits for a change that is being applied.</summary>
    public BankEntry? Find(BankEntryKey key)
    {
        lock (_writing)
            return _table.Find(key);
    }

    /// <summary>A page of a bank's entries by entry id (ordinal): those after <paramref name="afterEntryId"/>, which may be empty.</summary>
    /// <param name="bankId">The bank.</param>
    /// <param name="afterEntryId">The last id of the page before.</param>
    /// <param name="count">Entries at most.</param>
    /// <param name="state">Only entries of this state; unspecified is all.</param>
    public IReadOnlyList<BankEntry> List(string bankId, string afterEntryId, int count, EntryState state = EntryState.Unspecified) =>
        _table.List(bankId, afterEntryId, count, state);

    /// <summary>
    /// Takes changes in their order. Repeating one changes nothing, and late news of an earlier life of an entry, its adding or its
    /// removal, leave the later one alone.
    /// </summary>
    public void Apply(IReadOnlyCollection<BankChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0)
            return;
        lock (_writing)
        {
            var table = _table;
            var batch = new EntryTable.Batch(table.Log.NextAddress);
            foreach (var change in changes)
                table.Apply(change, batch);
            table.Publish(batch);
        }
    }

    /// <summary>Makes these the only entries, as after a load.</summary>
    public void Replace(IReadOnlyCollection<BankChange> entries)
    {
        var load = new BankLoad(this);
        load.Add(entries);
        load.Finish();
    }

    /// <summary>Begins a load whose entries come piece by piece; those that are here serve until it is finished.</summary>
    public BankLoad BeginLoad() => new(this);

    /// <summary>Makes the entries of a snapshot the only ones. Those that are here serve until all is read, and stay when it can't be.</summary>
    /// <exception cref="SnapshotException">It is damaged; nothing has changed.</exception>
    internal void Restore(SnapshotFormat.SnapshotReader snapshot) => Take(snapshot.ReadTable(Environment.ProcessorCount));

    /// <summary>The entries at this moment, for a snapshot, and the version that they are at least of.</summary>
    internal (long Version, CatalogueMoment Moment) Capture()
    {
        lock (_writing)
            return (Version, new CatalogueMoment(_table));
    }

    /// <summary>Says that every change up to this version has been applied.</summary>
    public void SetVersion(long version) => Volatile.Write(ref _version, version);

    /// <summary>
    /// Adds the entries that a medium is near enough to, each at most once, whatever their terms: <see cref="MatchFilter"/> says which count.
    /// </summary>
    public void Match(MediaFingerprints media, ICollection<BankMatch> matches)
    {
        ArgumentNullException.ThrowIfNull(media);
        ArgumentNullException.ThrowIfNull(matches);
        while (!_table.TryMatch(media, matches))
        {
            // An entry was moved in memory between finding and reading it, which happens once in a megabyte of removals.
        }
    }

    private void Take(EntryTable table)
    {
        lock (_writing)
            _table = table;
    }

    /// <summary>A load of all entries, from one thread.</summary>
    public sealed class BankLoad
    {
        private readonly BankCatalogue _catalogue;
        private readonly EntryTable _table = new(Environment.ProcessorCount);
        private readonly EntryTable.Batch _batch = new(firstAddress: 0);

        internal BankLoad(BankCatalogue catalogue) => _catalogue = catalogue;

        /// <summary>Takes entries; of one that comes twice, the later life.</summary>
        public void Add(IReadOnlyCollection<BankChange> entries)
        {
            ArgumentNullException.ThrowIfNull(entries);
            foreach (var entry in entries)
                _table.Apply(entry, _batch);
        }

        /// <summary>Makes them the only entries.</summary>
        public void Finish()
        {
            _table.Publish(_batch);
            _catalogue.Take(_table);
        }
    }
}

/// <summary>How much lies in the indexes of the banks.</summary>
/// <param name="Pictures">Picture hashes.</param>
/// <param name="VideoFrames">Frame hashes of videos.</param>
/// <param name="Bytes">Bytes held beside the hashes themselves.</param>
public readonly record struct BankIndexSize(int Pictures, int VideoFrames, long Bytes);

/// <summary>A change of the banks.</summary>
/// <param name="Key">The identity.</param>
/// <param name="Entry">The entry as it is now; null when it was removed.</param>
/// <param name="Incarnation">Which life of the identity this is about; a later adding has a greater one.</param>
public sealed record BankChange(BankEntryKey Key, BankEntry? Entry, long Incarnation);
