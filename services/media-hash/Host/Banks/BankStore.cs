using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using BankEntry = Moderation.MediaHash.Banks.BankEntry;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>What became of an adding.</summary>
/// <param name="Entry">The entry as stored; null when the identity is taken by another content.</param>
/// <param name="Version">The version from which on it matches.</param>
internal sealed record BankAddition(BankEntry? Entry, long Version);

/// <summary>
/// The banks in Redis: rows in 256 hashes by a hash of their identity, and one stream of changes whose entry ids are the banks' versions.
/// A row and its change lie in different slots, so each change takes three steps that can be repeated: the row says what is meant, the
/// stream says it to the replicas, the row says that it was said. What a crash leaves between two steps is finished by the next call for
/// that entry, or by the next replica that loads.
/// </summary>
internal sealed class BankStore(RedisConnectionStore redis, TimeProvider time)
{
    public const int Prefixes = 256;

    /// <summary>Changes kept for replicas to catch up with; one that is further behind loads again.</summary>
    public const int ChangesKept = 100_000;

    private const int RowsAtOnce = 1000;

    private static readonly TimeSpan FloodKept = TimeSpan.FromHours(2);

    /// <summary>The count of addings, beside the rows; no identity looks like it.</summary>
    private const string IncarnationField = "#";

    private static readonly EmbeddedScript AddRow = Load("add-row.lua");
    private static readonly EmbeddedScript ConfirmRow = Load("confirm-row.lua");
    private static readonly EmbeddedScript MarkRow = Load("mark-row.lua");
    private static readonly EmbeddedScript DeleteRow = Load("delete-row.lua");
    private static readonly EmbeddedScript UpdateRow = Load("update-row.lua");
    private static readonly EmbeddedScript GiveOpinion = Load("give-opinion.lua");
    private static readonly EmbeddedScript PublishChange = Load("publish-change.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Adds an entry; the same entry again is answered as it was stored first.</summary>
    public async Task<BankAddition> AddAsync(BankEntry entry)
    {
        var field = entry.Key.ToString();
        var answer = (RedisResult[])(await AddRow.RunAsync(
            Database, [RowsOf(entry.Key)], [field, BankRow.ContentOf(entry), BankRow.PayloadOf(entry)]))!; // always a pair
        if ((string?)answer[0] == "conflict")
            return new BankAddition(null, 0);
        var row = BankRow.Read((byte[])answer[1]!); // the script answers the row
        return new BankAddition(row.Entry, row.IsPublished ? row.Version : await FinishAddingAsync(row));
    }

    /// <summary>The row of an entry; null when it is not there or being removed.</summary>
    public async Task<BankRow?> FindAsync(BankEntryKey key) =>
        (byte[]?)await Database.HashGetAsync(RowsOf(key), key.ToString()) is { } bytes && BankRow.Read(bytes) is { IsBeingRemoved: false } row ? row : null;

    /// <summary>
    /// Writes an entry anew, as a further life of its identity, unless the row is another than <paramref name="before"/> by now: then null.
    /// </summary>
    public async Task<(BankRow Row, long Version)?> UpdateAsync(BankRow before, BankEntry after, Revision revision)
    {
        var key = after.Key;
        var answer = await UpdateRow.RunAsync(
            Database, [RowsOf(key), HistoryOf(key)],
            [key.ToString(), before.Incarnation, BankRow.PayloadOf(after), revision.ToBytes(time.GetUtcNow(), before.Entry)]);
        if (answer.IsNull)
            return null;
        var row = BankRow.Read((byte[])answer!); // the script answers the row
        return (row, await FinishAddingAsync(row));
    }

    /// <summary>A page of what an entry was before, latest first, from <paramref name="skip"/> on.</summary>
    public async Task<IReadOnlyList<BankEntryRevision>> ReadHistoryAsync(BankEntryKey key, int skip, int count)
    {
        var revisions = await Database.ListRangeAsync(HistoryOf(key), -skip - count, -skip - 1);
        return [.. revisions.Reverse().Select(bytes => BankEntryRevision.Parser.ParseFrom((byte[])bytes!))]; // elements of a list have a value
    }

    /// <summary>Keeps an opinion and answers how many say right and wrong; null when the entry is not there.</summary>
    public async Task<(long Right, long Wrong)?> GiveOpinionAsync(BankEntryKey key, string person, string mediaId, bool isRight)
    {
        var answer = await GiveOpinion.RunAsync(
            Database, [RowsOf(key), OpinionsOf(key)], [key.ToString(), $"{person}\n{mediaId}", isRight ? 1 : 2]);
        if (answer.IsNull)
            return null;
        var counts = (RedisResult[])answer!; // just seen
        return ((long)counts[0], (long)counts[1]);
    }

    /// <summary>How many opinions say right and wrong.</summary>
    public async Task<(long Right, long Wrong)> ReadOpinionsAsync(BankEntryKey key)
    {
        var opinions = await Database.HashValuesAsync(OpinionsOf(key));
        var right = opinions.LongCount(opinion => opinion == 1);
        return (right, opinions.LongLength - right);
    }

    /// <summary>Notes which media an entry matched in this hour, and answers how many different ones it were, to a per cent or so.</summary>
    public async Task<long> CountMatchedAsync(BankEntryKey key, IEnumerable<string> mediaIds)
    {
        var counter = (RedisKey)KeySpace.BankFlood(PrefixOf(key), key.ToString(), time.GetUtcNow().ToUnixTimeSeconds() / 3600);
        var added = Database.HyperLogLogAddAsync(counter, [.. mediaIds.Select(id => (RedisValue)id)]);
        var expiring = Database.KeyExpireAsync(counter, FloodKept);
        var length = Database.HyperLogLogLengthAsync(counter);
        await Task.WhenAll(added, expiring, length);
        return await length;
    }

    /// <summary>Removes an entry. Answers the version from which on it no longer matches; null when it is not there.</summary>
    public async Task<long?> RemoveAsync(BankEntryKey key, string actor)
    {
        var before = await FindAsync(key);
        var revision = new Revision(actor, BankEntryAction.Removed, "").ToBytes(time.GetUtcNow(), before?.Entry);
        var incarnation = (long)await MarkRow.RunAsync(Database, [RowsOf(key), HistoryOf(key)], [key.ToString(), revision]);
        return incarnation == 0 ? null : await FinishRemovingAsync(key, incarnation);
    }

    /// <summary>Hears of changes until the answer is disposed of. Some may not be heard: whoever listens polls as well.</summary>
    public Task<IAsyncDisposable> ListenAsync(Action rung) => Bell.HangAsync(redis, KeySpace.BankBell, _ => rung());

    /// <summary>The version of the banks; 0 before the first change.</summary>
    public async Task<long> ReadVersionAsync() => (long)await Database.StringGetAsync(KeySpace.BankVersion);

    /// <summary>What this set of banks is called: made once, and gone with the store. A snapshot names the set that it is of.</summary>
    public async Task<string> ReadIdAsync()
    {
        var fresh = Ulid.NewUlid(time.GetUtcNow()).ToString();
        return (string?)await Database.StringSetAndGetAsync(KeySpace.BankSet, fresh, when: When.NotExists) ?? fresh;
    }

    /// <summary>
    /// A hash of the change that made a version, by which a store that was put back to an earlier state and went on is told from what it was; null
    /// when the stream no longer has it.
    /// </summary>
    public async Task<ulong?> ReadAnchorAsync(long version)
    {
        var entries = await Database.StreamRangeAsync(KeySpace.BankChanges, $"{version}-0", $"{version}-0", 1);
        if (entries.Length == 0)
            return null;
        var hash = new XxHash3();
        foreach (var part in entries[0].Values)
        {
            hash.Append((byte[])part.Value!); // a field of an entry has a value
            hash.Append([0]);
        }
        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>
    /// The next changes after <paramref name="cursor"/>, at most <paramref name="count"/>; null when they are no longer all there.
    /// </summary>
    public async Task<IReadOnlyList<BankChange>?> ReadChangesAsync(long cursor, int count)
    {
        var entries = await Database.StreamRangeAsync(KeySpace.BankChanges, $"{cursor + 1}-0", "+", count);
        if (entries.Length > 0 && entries[0].Id != $"{cursor + 1}-0")
            return null;
        return [.. entries.Select(ToChange)];
    }

    /// <summary>
    /// All published rows, some at a time; one may come twice. Finishes what a crash left half done on the way; that shows as further changes, so read
    /// the version first.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyCollection<BankChange>> LoadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var rows in FinishAsync(cancellationToken))
            yield return [.. rows.Select(row => new BankChange(row.Entry.Key, row.Entry, row.Incarnation))];
    }

    /// <summary>Goes through all rows and finishes what a crash left half done; answers the rows, some at a time, without those that are removed.</summary>
    public async IAsyncEnumerable<IReadOnlyList<BankRow>> FinishAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = new List<BankRow>();
        for (var prefix = 0; prefix < Prefixes; prefix++)
        {
            await foreach (var field in Database.HashScanAsync(KeySpace.BankRows(prefix), pageSize: RowsAtOnce).WithCancellation(cancellationToken))
            {
                if (field.Name == IncarnationField)
                    continue;
                var row = BankRow.Read((byte[])field.Value!); // a field of a hash has a value
                if (row.IsBeingRemoved)
                {
                    await FinishRemovingAsync(row.Entry.Key, row.Incarnation);
                    continue;
                }
                if (!row.IsPublished)
                    await FinishAddingAsync(row);
                rows.Add(row);
                if (rows.Count < RowsAtOnce)
                    continue;
                yield return rows;
                rows.Clear();
            }
        }
        yield return rows;
    }

    private async Task<long> FinishAddingAsync(BankRow row)
    {
        var key = row.Entry.Key;
        var version = await PublishAsync(key, row.Incarnation, BankRow.PayloadOf(row.Entry));
        var confirmed = (long)await ConfirmRow.RunAsync(Database, [RowsOf(key)], [key.ToString(), row.Incarnation, version]);
        if (confirmed > 0)
            return confirmed;

        // It was removed meanwhile, perhaps before we said that it was there: say again that it is gone.
        await PublishAsync(key, row.Incarnation, []);
        return version;
    }

    private async Task<long> FinishRemovingAsync(BankEntryKey key, long incarnation)
    {
        var version = await PublishAsync(key, incarnation, []);
        await DeleteRow.RunAsync(Database, [RowsOf(key)], [key.ToString(), incarnation]);
        return version;
    }

    private async Task<long> PublishAsync(BankEntryKey key, long incarnation, byte[] payload)
    {
        var version = (long)await PublishChange.RunAsync(
            Database, [KeySpace.BankVersion, KeySpace.BankChanges], [key.ToString(), incarnation, payload, ChangesKept]);
        await Bell.RingAsync(redis, KeySpace.BankBell, version);
        return version;
    }

    private static BankChange ToChange(StreamEntry entry)
    {
        var identity = ((string)entry["entry"]!).Split('/'); // written by publish-change.lua
        var payload = (byte[])entry["payload"]!;
        return new BankChange(
            new BankEntryKey(identity[0], identity[1]),
            payload.Length == 0 ? null : BankRow.ReadPayload(payload),
            (long)entry["incarnation"]);
    }

    private static RedisKey RowsOf(BankEntryKey key) => KeySpace.BankRows(PrefixOf(key));

    private static RedisKey HistoryOf(BankEntryKey key) => KeySpace.BankHistory(PrefixOf(key), key.ToString());

    private static RedisKey OpinionsOf(BankEntryKey key) => KeySpace.BankOpinions(PrefixOf(key), key.ToString());

    internal static int PrefixOf(BankEntryKey key) => (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(key.ToString())) % Prefixes);

    private static EmbeddedScript Load(string name) => EmbeddedScript.Load(typeof(BankStore).Assembly, name);
}
