using System.Globalization;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>What was noted to be looked back for.</summary>
/// <param name="Field">Its name in the store: bank/entry, or bank/ for all later entries of a bank.</param>
/// <param name="Milliseconds">When it was noted.</param>
internal sealed record NotedEntry(string Field, long Milliseconds)
{
    public string BankId => Field[..Field.IndexOf('/')];

    /// <summary>Empty for all later entries of the bank.</summary>
    public string EntryId => Field[(Field.IndexOf('/') + 1)..];

    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);
}

/// <summary>Look-backs in Redis, in one slot: what was noted, and jobs.</summary>
internal sealed class LookbackStore(RedisConnectionStore redis)
{
    /// <summary>How long a job can be read.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private static readonly EmbeddedScript AddJob = EmbeddedScript.Load(typeof(LookbackStore).Assembly, "add-lookback.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Notes an entry.</summary>
    public Task NoteAsync(BankEntryKey key, DateTimeOffset now) =>
        Database.HashSetAsync(KeySpace.LookbackPending, key.ToString(), now.ToUnixTimeMilliseconds());

    /// <summary>Notes all entries of a bank that were added since then; the earliest time that was noted stays.</summary>
    public Task NoteBankAsync(string bankId, DateTimeOffset since) =>
        Database.HashSetAsync(KeySpace.LookbackPending, bankId + "/", since.ToUnixTimeMilliseconds(), When.NotExists);

    /// <summary>Some of what was noted.</summary>
    public async Task<IReadOnlyList<NotedEntry>> ReadNotedAsync(int count)
    {
        var noted = new List<NotedEntry>();
        await foreach (var field in Database.HashScanAsync(KeySpace.LookbackPending, pageSize: count))
        {
            noted.Add(new NotedEntry(field.Name.ToString(), (long)field.Value));
            if (noted.Count == count)
                break;
        }
        return noted;
    }

    /// <summary>Stores a job unless it is there; answers the one that is there now.</summary>
    public async Task<LookbackRecord> AddAsync(LookbackRecord job, IReadOnlyCollection<NotedEntry> noted)
    {
        var (id, created) = (job.Lookback.LookbackId, job.Lookback.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds());
        var answer = await AddJob.RunAsync(
            Database,
            [KeySpace.Lookback(id), KeySpace.Lookbacks, KeySpace.LookbacksOpen, KeySpace.LookbackPending],
            [
                id, job.ToByteArray(), created, (long)Kept.TotalMilliseconds,
                .. noted.SelectMany(entry => new RedisValue[] { entry.Field, entry.Milliseconds.ToString(CultureInfo.InvariantCulture) }),
            ]);
        return LookbackRecord.Parser.ParseFrom((byte[])answer!); // the script answers a record
    }

    /// <summary>Stores how far a job is; one that has ended is open no longer.</summary>
    public async Task SaveAsync(LookbackRecord job)
    {
        var id = job.Lookback.LookbackId;
        await Database.StringSetAsync(KeySpace.Lookback(id), job.ToByteArray(), Kept);
        if (job.Lookback.State != LookbackState.Running)
            await Database.SortedSetRemoveAsync(KeySpace.LookbacksOpen, id);
    }

    /// <summary>A job, or null.</summary>
    public async Task<LookbackRecord?> FindAsync(string id) =>
        (byte[]?)await Database.StringGetAsync(KeySpace.Lookback(id)) is { } bytes ? LookbackRecord.Parser.ParseFrom(bytes) : null;

    /// <summary>The job that has waited longest; null when none waits.</summary>
    public async Task<LookbackRecord?> NextAsync()
    {
        foreach (var id in await Database.SortedSetRangeByRankAsync(KeySpace.LookbacksOpen, 0, 15))
        {
            if (await FindAsync(id.ToString()) is { Lookback.State: LookbackState.Running } job)
                return job;
            // Forgotten, or ended by a replica that died before it said so.
            await Database.SortedSetRemoveAsync(KeySpace.LookbacksOpen, id);
        }
        return null;
    }

    /// <summary>A page of jobs, latest first, from <paramref name="skip"/> on.</summary>
    public async Task<IReadOnlyList<LookbackRecord>> ListAsync(int skip, int count)
    {
        var ids = await Database.SortedSetRangeByRankAsync(KeySpace.Lookbacks, skip, skip + count - 1, Order.Descending);
        var jobs = await Task.WhenAll(ids.Select(id => FindAsync(id.ToString())));
        return [.. jobs.OfType<LookbackRecord>()];
    }
}
