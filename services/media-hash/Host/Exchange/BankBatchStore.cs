using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.MediaHash.Host.Exchange;

/// <summary>What became of entries that were added together.</summary>
/// <param name="Added">Those that were not there.</param>
/// <param name="Known">How many were there already.</param>
/// <param name="Conflicts">Those whose identity another content has.</param>
internal sealed record BatchAddition(IReadOnlyList<BankEntry> Added, int Known, IReadOnlyList<BankEntry> Conflicts);

/// <summary>
/// Adds and reads bank entries by the thousand: the steps of <see cref="BankStore"/>, each for many rows in a round trip a slot.
/// </summary>
internal sealed class BankBatchStore(RedisConnectionStore redis)
{
    private const int PublishedAtOnce = 500;
    private const int ReadAtOnce = 1000;
    private static readonly TimeSpan ProgressKept = TimeSpan.FromDays(30);

    private static readonly EmbeddedScript AddRows = EmbeddedScript.Load(typeof(BankBatchStore).Assembly, "add-rows.lua");
    private static readonly EmbeddedScript PublishChanges = EmbeddedScript.Load(typeof(BankBatchStore).Assembly, "publish-changes.lua");
    private static readonly EmbeddedScript ConfirmRows = EmbeddedScript.Load(typeof(BankBatchStore).Assembly, "confirm-rows.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Adds entries, each identity once. What a crash leaves half done is finished when they are added again, or by the next load.</summary>
    public async Task<BatchAddition> AddAsync(IReadOnlyCollection<BankEntry> entries)
    {
        var written = (await Task.WhenAll(entries.GroupBy(entry => BankStore.PrefixOf(entry.Key)).Select(WriteAsync))).SelectMany(rows => rows).ToList();
        foreach (var chunk in written.Where(row => row.Status is "new" or "unfinished").Chunk(PublishedAtOnce))
            await PublishAsync(chunk);
        return new BatchAddition(
            [.. written.Where(row => row.Status == "new").Select(row => row.Entry)],
            written.Count(row => row.Status is "same" or "unfinished"),
            [.. written.Where(row => row.Status == "conflict").Select(row => row.Entry)]);
    }

    /// <summary>The rows of a prefix that are of a bank, some at a time.</summary>
    public async IAsyncEnumerable<IReadOnlyList<BankEntry>> ReadAsync(string bankId, int prefix)
    {
        var page = new List<BankEntry>();
        await foreach (var field in Database.HashScanAsync(KeySpace.BankRows(prefix), bankId + "/*", ReadAtOnce))
        {
            if (BankRow.Read((byte[])field.Value!) is { IsBeingRemoved: false } row && row.Entry.Key.BankId == bankId) // a field has a value
                page.Add(row.Entry);
            if (page.Count == ReadAtOnce)
            {
                yield return page;
                page = [];
            }
        }
        if (page.Count > 0)
            yield return page;
    }

    /// <summary>How far an import is; nothing yet is all zero.</summary>
    public async Task<ImportProgress> FindProgressAsync(string bankId, string token)
    {
        var row = await Database.HashGetAsync(KeySpace.BankImport(bankId, token), ["last_row", "added", "known", "removed", "refused"]);
        return new ImportProgress((long)row[0], (long)row[1], (long)row[2], (long)row[3], (long)row[4]);
    }

    /// <summary>Stores how far an import is.</summary>
    public async Task SaveProgressAsync(string bankId, string token, ImportProgress progress)
    {
        var key = (RedisKey)KeySpace.BankImport(bankId, token);
        await Database.HashSetAsync(
            key,
            [
                new("last_row", progress.LastRow), new("added", progress.Added), new("known", progress.Known), new("removed", progress.Removed),
                new("refused", progress.Refused),
            ]);
        await Database.KeyExpireAsync(key, ProgressKept);
    }

    private async Task<IReadOnlyList<Written>> WriteAsync(IGrouping<int, BankEntry> group)
    {
        var entries = group.ToList();
        var arguments = entries.SelectMany(entry => new RedisValue[] { entry.Key.ToString(), BankRow.ContentOf(entry), BankRow.PayloadOf(entry) });
        var answer = (RedisResult[])(await AddRows.RunAsync(Database, [KeySpace.BankRows(group.Key)], [.. arguments]))!; // always an array
        return
        [
            .. entries.Select((entry, i) => new Written(
                entry, answer[3 * i].ToString(), answer[(3 * i) + 1].ToString(),
                answer[3 * i].ToString() == "unfinished" ? (byte[])answer[(3 * i) + 2]! : BankRow.PayloadOf(entry))), // as the script says
        ];
    }

    private async Task PublishAsync(IReadOnlyList<Written> rows)
    {
        var last = await PublishAsync(rows.Select(row => (row.Entry.Key, row.Incarnation, row.Payload)));
        var versions = rows.Select((row, i) => (Row: row, Version: last - rows.Count + 1 + i));
        var gone = await Task.WhenAll(versions.GroupBy(row => BankStore.PrefixOf(row.Row.Entry.Key)).Select(async group =>
        {
            var arguments = group.SelectMany(row => new RedisValue[] { row.Row.Entry.Key.ToString(), row.Row.Incarnation, row.Version });
            var answer = (RedisResult[])(await ConfirmRows.RunAsync(Database, [KeySpace.BankRows(group.Key)], [.. arguments]))!; // always an array
            var fields = answer.Select(field => field.ToString()).ToHashSet();
            return group.Where(row => fields.Contains(row.Row.Entry.Key.ToString())).Select(row => row.Row);
        }));
        // Removed meanwhile, perhaps before we said that they were there: say again that they are gone.
        if (gone.SelectMany(removed => removed).ToList() is { Count: > 0 } left)
            await PublishAsync(left.Select(row => (row.Entry.Key, row.Incarnation, Array.Empty<byte>())));
    }

    private async Task<long> PublishAsync(IEnumerable<(BankEntryKey Key, string Incarnation, byte[] Payload)> changes)
    {
        var version = (long)await PublishChanges.RunAsync(
            Database, [KeySpace.BankVersion, KeySpace.BankChanges],
            [BankStore.ChangesKept, .. changes.SelectMany(change => new RedisValue[] { change.Key.ToString(), change.Incarnation, change.Payload })]);
        await Bell.RingAsync(redis, KeySpace.BankBell, version);
        return version;
    }

    private sealed record Written(BankEntry Entry, string Status, string Incarnation, byte[] Payload);
}
