using System.Text;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Index;

namespace Moderation.MediaHash.Banks.Compact;

/// <summary>
/// All entries, as records of some eighty bytes, with what finds them: by identity, by exact value, by perceptual hash. A record's address is its
/// key in the index. One writer at a time; matching takes no lock.
/// </summary>
internal sealed class EntryTable
{
    private readonly RecordWriter _writer;
    private readonly AddressTable _keys;
    private readonly AddressTable _exact;
    private readonly VideoBank _videos;
    private readonly Dictionary<long, IReadOnlyList<PdqIndexItem>> _frames = [];

    public EntryTable(int threads)
    {
        _writer = new RecordWriter(Words);
        _keys = new AddressTable(address => Read(address).KeyHash);
        _exact = new AddressTable(address => Read(address).ValueHash);
        _videos = new VideoBank(threads);
        Index = new PdqIndex(threads);
    }

    public WordTable Words { get; } = new();

    public EntryLog Log { get; } = new();

    public PdqIndex Index { get; }

    /// <summary>Entries.</summary>
    public int Count => _keys.Count;

    /// <summary>Bytes of the records and of what finds them, without the indexes of perceptual hashes.</summary>
    public long ByteCount => Log.ByteCount + _keys.ByteCount + _exact.ByteCount;

    public (int Frames, long Bytes) VideoSize => _videos.Size;

    public void Compact()
    {
        Index.Compact();
        _videos.Compact();
    }

    /// <summary>Takes a change into a batch; the index learns of it when the batch is published.</summary>
    public void Apply(BankChange change, Batch batch)
    {
        if (TryFind(change.Key, out var address))
        {
            var before = Read(address).Incarnation;
            var isNews = change.Entry is null ? change.Incarnation == before : change.Incarnation > before;
            if (!isNews)
                return;
            Forget(address, batch);
        }
        if (change.Entry is not null)
            Learn(change.Entry, change.Incarnation, batch);
    }

    /// <summary>Lets matching see a batch, and empties pages of which most has died.</summary>
    public void Publish(Batch batch)
    {
        Index.Apply(batch.Dropped.Count == 0 ? batch.Added : [.. batch.Added.Where(item => !batch.Dropped.Contains(item.Key))], batch.Removed);
        foreach (var page in batch.WornPages)
            Empty(page);
    }

    /// <summary>The entry of that identity; for the writer.</summary>
    public BankEntry? Find(BankEntryKey key) => TryFind(key, out var address) ? Read(address).ToEntry() : null;

    /// <summary>See <see cref="BankCatalogue.List"/>.</summary>
    public IReadOnlyList<BankEntry> List(string bankId, string afterEntryId, int count, EntryState state)
    {
        var page = new SortedList<string, BankEntry>(StringComparer.Ordinal);
        var after = Encoding.UTF8.GetBytes(afterEntryId);
        byte[]? last = null;
        foreach (var (_, records) in Log.Pages())
        {
            var used = records.Used;
            for (var at = 0; at < used;)
            {
                var record = new EntryRecord(records.Bytes.AsSpan(at), Words);
                at += record.Length;
                if (record.IsDead || record.EntryId.SequenceCompareTo(after) <= 0 || (last is not null && record.EntryId.SequenceCompareTo(last) > 0))
                    continue;
                if (record.BankId != bankId || (state != EntryState.Unspecified && record.State != state))
                    continue;
                // An entry that is being moved may be met twice.
                page[Encoding.UTF8.GetString(record.EntryId)] = record.ToEntry();
                if (page.Count > count)
                    page.RemoveAt(count);
                if (page.Count == count && count > 0)
                    last = Encoding.UTF8.GetBytes(page.GetKeyAtIndex(count - 1));
            }
        }
        return [.. page.Values];
    }

    /// <summary>Adds all that a medium is near to. False when an entry was moved meanwhile: then nothing is added, and it has to be tried again.</summary>
    public bool TryMatch(MediaFingerprints media, ICollection<BankMatch> matches)
    {
        var near = new List<BankMatch>();
        var isWhole = TryMatchExact(media, HashKind.Sha256, media.Digests.Sha256, near)
            && TryMatchExact(media, HashKind.Sha1, media.Digests.Sha1, near)
            && TryMatchExact(media, HashKind.Md5, media.Digests.Md5, near)
            && TryMatchPicture(media, near);
        if (!isWhole)
            return false;
        _videos.Match(media, near);
        foreach (var match in near)
            matches.Add(match);
        return true;
    }

    /// <summary>Takes pages of a snapshot, PDQ records sorted by hash, in place of nothing.</summary>
    /// <exception cref="InvalidDataException">The records are not sorted, or one does not end with its page.</exception>
    public void Load(IEnumerable<byte[]> pages, int count, int pictures)
    {
        var hashes = new PdqHash[pictures];
        var addresses = new long[count];
        var keyHashes = new ulong[count];
        var (pdqs, entries) = (0, 0);
        foreach (var page in pages)
        {
            var number = Log.Append(page, page.Length);
            for (var at = 0; at < page.Length;)
            {
                var record = new EntryRecord(page.AsSpan(at), Words);
                var address = EntryLog.AddressOf(number, at);
                var isExpected = entries < count && (record.Kind != HashKind.Pdq || (pdqs < pictures && pdqs == entries));
                if (!isExpected)
                    throw new InvalidDataException("The records are more than the header says, or in another order.");
                if (record.Kind == HashKind.Pdq)
                    hashes[pdqs++] = record.Pdq;
                else if (record.Kind == HashKind.Vpdq)
                    _frames[address] = _videos.Add(record.ToEntry());
                else
                    _exact.Add(record.ValueHash, address);
                addresses[entries] = address;
                keyHashes[entries++] = record.KeyHash;
                at += record.Length;
            }
        }
        if (entries != count || pdqs != pictures)
            throw new InvalidDataException("The records are fewer than the header says.");
        Parallel.Invoke(
            () => Index.Load(hashes, addresses.AsSpan(0, pictures).ToArray()),
            () => _keys.Add(keyHashes, addresses));
    }

    private bool TryMatchExact(MediaFingerprints media, HashKind kind, string value, List<BankMatch> matches)
    {
        if (_exact.Count == 0 || value.Length == 0)
            return true;
        var bytes = Convert.FromHexString(value);
        var found = new List<long>();
        _exact.Find(EntryRecord.HashOf(kind, bytes), found);
        foreach (var address in found)
        {
            if (!Log.TryRead(address, out var bytesOfRecord))
                return false;
            var record = new EntryRecord(bytesOfRecord, Words);
            if (record.Is(kind, bytes))
                matches.Add(new BankMatch(media.MediaId, record.ToEntry(), Distance: 0, Quality: 100));
        }
        return true;
    }

    private bool TryMatchPicture(MediaFingerprints media, List<BankMatch> matches)
    {
        var moment = Index.Current;
        var found = new Dictionary<long, BankMatch>();
        if (!TrySearchForms(moment, media, media.Pdq, media.Forms, null, found))
            return false;
        foreach (var frame in media.PictureFrames)
        {
            if (!TrySearchForms(moment, media, frame.Pdq, frame.Forms, frame, found))
                return false;
        }
        matches.AddRange(found.Values);
        return true;
    }

    private bool TrySearchForms(
        PdqIndexSnapshot moment, MediaFingerprints media, in PdqFingerprint pdq, IReadOnlyList<PdqHash> forms, PictureFrame? frame,
        Dictionary<long, BankMatch> found)
    {
        if (!pdq.IsMatchable)
            return true;
        if (!TrySearch(moment, media, pdq, PictureForm.AsIs, frame, found))
            return false;
        for (var i = 0; i < forms.Count; i++)
        {
            if (!TrySearch(moment, media, pdq with { Hash = forms[i] }, PictureForm.AsIs + 1 + i, frame, found))
                return false;
        }
        return true;
    }

    // An entry that several forms or frames are near to is matched by the nearest, and by the one that comes first where they are as near.
    private bool TrySearch(
        PdqIndexSnapshot moment, MediaFingerprints media, in PdqFingerprint pdq, PictureForm form, PictureFrame? frame, Dictionary<long, BankMatch> found)
    {
        var neighbours = new List<PdqNeighbour>();
        moment.Search(pdq.Hash, PdqIndexSnapshot.MatchRadius, neighbours);
        foreach (var neighbour in neighbours)
        {
            if (found.TryGetValue(neighbour.Key, out var nearer) && nearer.Distance <= neighbour.Distance)
                continue;
            if (!Log.TryRead(neighbour.Key, out var record))
                return false;
            found[neighbour.Key] = new BankMatch(media.MediaId, new EntryRecord(record, Words).ToEntry(), neighbour.Distance, pdq.Quality) { Form = form, Frame = frame };
        }
        return true;
    }

    private void Learn(BankEntry entry, long incarnation, Batch batch)
    {
        var bytes = _writer.Write(entry, incarnation);
        var record = new EntryRecord(bytes, Words);
        var address = Log.Append(bytes);
        _keys.Add(record.KeyHash, address);
        if (entry.Kind == HashKind.Pdq)
            batch.Added.Add(new PdqIndexItem(address, record.Pdq));
        else if (entry.Kind == HashKind.Vpdq)
            _frames[address] = _videos.Add(entry);
        else
            _exact.Add(record.ValueHash, address);
    }

    private void Forget(long address, Batch batch)
    {
        var record = Read(address);
        _keys.Remove(record.KeyHash, address);
        if (record.Kind == HashKind.Pdq && address >= batch.FirstAddress)
        {
            batch.Dropped.Add(address);
        }
        else if (record.Kind == HashKind.Pdq)
        {
            batch.Removed.Add(new PdqIndexItem(address, record.Pdq));
        }
        else if (record.Kind == HashKind.Vpdq)
        {
            if (_frames.Remove(address, out var frames))
                _videos.Remove(frames);
        }
        else
        {
            _exact.Remove(record.ValueHash, address);
        }
        if (Log.Kill(address, record.Length))
            batch.WornPages.Add(EntryLog.Split(address).Page);
    }

    // The living records of a page go behind the others under new addresses; who searches meanwhile finds either.
    private void Empty(int number)
    {
        if (Log.Page(number) is not { } page)
            return;
        var (added, removed) = (new List<PdqIndexItem>(), new List<PdqIndexItem>());
        for (var at = 0; at < page.Used;)
        {
            var record = new EntryRecord(page.Bytes.AsSpan(at), Words);
            var from = EntryLog.AddressOf(number, at);
            at += record.Length;
            if (record.IsDead)
                continue;
            var to = Log.Append(page.Bytes.AsSpan(at - record.Length, record.Length));
            _keys.Move(record.KeyHash, from, to);
            if (record.Kind == HashKind.Pdq)
            {
                added.Add(new PdqIndexItem(to, record.Pdq));
                removed.Add(new PdqIndexItem(from, record.Pdq));
            }
            else if (record.Kind == HashKind.Vpdq)
            {
                if (_frames.Remove(from, out var frames))
                    _frames[to] = frames;
            }
            else
            {
                _exact.Move(record.ValueHash, from, to);
            }
        }
        Index.Apply(added, removed);
        Log.Drop(number);
    }

    private bool TryFind(BankEntryKey key, out long address)
    {
        var found = new List<long>();
        _keys.Find(EntryRecord.HashOf(key), found);
        foreach (var candidate in found)
        {
            if (!Read(candidate).Is(key))
                continue;
            address = candidate;
            return true;
        }
        address = 0;
        return false;
    }

    // For the writer, who alone drops pages.
    private EntryRecord Read(long address) => Log.TryRead(address, out var record)
        ? new EntryRecord(record, Words)
        : throw new InvalidOperationException("A record is in a page that is gone.");

    /// <summary>Changes on their way into the index.</summary>
    /// <param name="firstAddress">The log's next address: what lies from there on came with this batch.</param>
    public sealed class Batch(long firstAddress)
    {
        public long FirstAddress { get; } = firstAddress;

        public List<PdqIndexItem> Added { get; } = [];

        /// <summary>Added and gone again.</summary>
        public HashSet<long> Dropped { get; } = [];

        public List<PdqIndexItem> Removed { get; } = [];

        public HashSet<int> WornPages { get; } = [];
    }
}
