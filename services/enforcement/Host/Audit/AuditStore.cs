using System.Globalization;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Order = StackExchange.Redis.Order;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>What became of an append.</summary>
internal enum AppendResult
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>Another replica has the lease now.</summary>
    Fenced,

    /// <summary>Something was stored meanwhile behind the one that it was made for.</summary>
    Moved,
}

/// <summary>The chains as Redis has them: entries, seals, checkpoints, keys.</summary>
internal sealed class AuditStore(RedisConnectionStore redis, KeySpace keys)
{
    private const int SealsAtOnce = 1000;
    private static readonly EmbeddedScript Append = EmbeddedScript.Load(typeof(AuditStore).Assembly, "append_sealed.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The names of the chains.</summary>
    public IReadOnlyList<string> Chains { get; } = [.. AuditChains.All(keys.ShardCount)];

    /// <summary>Where a chain stands.</summary>
    public async Task<ChainHead> HeadAsync(string chain)
    {
        var last = await Database.StreamRangeAsync(SealsOf(chain), count: 1, messageOrder: StackExchange.Redis.Order.Descending);
        return last.Length == 0 ? ChainHead.Start(chain) : ReadSeal(last[0]).ToHead();
    }

    /// <summary>Up to <paramref name="count"/> entries from <paramref name="first"/> on.</summary>
    public async Task<IReadOnlyList<ChainEntry>> EntriesAsync(string chain, long first, int count)
    {
        var rows = await Database.StreamRangeAsync(EntriesOf(chain), Id(first), count: count);
        return [.. rows.Select(r => new ChainEntry(Number(r), (byte[])r["a"]!))]; // each entry has its bytes
    }

    /// <summary>The first entry that the store still has; one more than the last there ever was when it has none.</summary>
    public async Task<long> FirstKeptAsync(string chain)
    {
        var first = await Database.StreamRangeAsync(EntriesOf(chain), count: 1);
        return first.Length > 0 ? Number(first[0]) : await LastEntryAsync(chain) + 1;
    }

    /// <summary>The last entry there ever was.</summary>
    public async Task<long> LastEntryAsync(string chain) => (long?)await Database.StringGetAsync(SequenceOf(chain)) ?? 0;

    /// <summary>Up to <paramref name="count"/> seals from number <paramref name="first"/> on.</summary>
    public async Task<IReadOnlyList<Seal>> SealsAsync(string chain, long first, int count)
        => [.. (await Database.StreamRangeAsync(SealsOf(chain), Id(first), count: count)).Select(ReadSeal)];

    /// <summary>
    /// Where the chains and the checkpoints stand before what the store still has. It drops the entries of whole seals only, so a seal with some of its
    /// entries left is not behind.
    /// </summary>
    public async Task<Dictionary<string, ChainHead>> BeginningsAsync()
    {
        var heads = (await Task.WhenAll(Chains.Select(BeginningAsync))).ToDictionary(h => h.Chain);
        heads[AuditChains.Checkpoints] = await CheckpointsAsync(1, 1) is [var first]
            ? new ChainHead(AuditChains.Checkpoints, first.Number - 1, first.Number - 1, first.PreviousHash)
            : ChainHead.Start(AuditChains.Checkpoints);
        return heads;
    }

    /// <summary>Appends a seal behind the one that it was made for.</summary>
    public Task<AppendResult> AppendAsync(Seal seal, long fence)
        => AppendAsync(SealsOf(seal.Chain), FenceOf(seal.Chain), fence, seal.PreviousHash, seal.Number, seal.Hash(), seal.ToContract().ToByteArray());

    /// <summary>Appends a checkpoint behind the one that it was made for.</summary>
    public Task<AppendResult> AppendAsync(Checkpoint checkpoint, long fence)
        => AppendAsync(
            KeySpace.Checkpoints, KeySpace.CheckpointFence, fence, checkpoint.PreviousHash, checkpoint.Number, checkpoint.Hash(),
            checkpoint.ToContract().ToByteArray());

    /// <summary>The latest checkpoint, or null.</summary>
    public async Task<Checkpoint?> LatestCheckpointAsync()
        => (await Database.StreamRangeAsync(KeySpace.Checkpoints, count: 1, messageOrder: StackExchange.Redis.Order.Descending)).Select(ReadCheckpoint).FirstOrDefault();

    /// <summary>Up to <paramref name="count"/> checkpoints from number <paramref name="first"/> on.</summary>
    public async Task<IReadOnlyList<Checkpoint>> CheckpointsAsync(long first, int count)
        => [.. (await Database.StreamRangeAsync(KeySpace.Checkpoints, Id(first), count: count)).Select(ReadCheckpoint)];

    /// <summary>Up to <paramref name="count"/> checkpoints up to number <paramref name="last"/>, latest first.</summary>
    public async Task<IReadOnlyList<Checkpoint>> CheckpointsBackwardsAsync(long last, int count)
        => [.. (await Database.StreamRangeAsync(KeySpace.Checkpoints, "-", Id(last), count, StackExchange.Redis.Order.Descending)).Select(ReadCheckpoint)];

    /// <summary>Drops entries up to <paramref name="last"/>.</summary>
    public Task TrimEntriesAsync(string chain, long last) => Database.StreamTrimByMinIdAsync(EntriesOf(chain), Id(last + 1));

    /// <summary>Drops the seals before <paramref name="seal"/>; that one stays, because the next is linked to it.</summary>
    public Task TrimSealsAsync(string chain, long seal) => seal > 0 ? Database.StreamTrimByMinIdAsync(SealsOf(chain), Id(seal)) : Task.CompletedTask;

    /// <summary>Drops the checkpoints before <paramref name="first"/>.</summary>
    public Task TrimCheckpointsAsync(long first) => first > 1 ? Database.StreamTrimByMinIdAsync(KeySpace.Checkpoints, Id(first)) : Task.CompletedTask;

    /// <summary>Lists a public key among those that signed.</summary>
    public Task AddKeyAsync(string keyId, byte[] publicKey) => Database.HashSetAsync(KeySpace.AuditKeys, keyId, publicKey, When.NotExists);

    /// <summary>The public keys that signed so far, by id.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> KeysAsync()
        => (await Database.HashGetAllAsync(KeySpace.AuditKeys)).ToDictionary(r => r.Name.ToString(), r => (byte[])r.Value!); // a field has a value

    private async Task<ChainHead> BeginningAsync(string chain)
    {
        var kept = await FirstKeptAsync(chain);
        var head = ChainHead.Start(chain);
        while (await SealsAsync(chain, head.Seal + 1, SealsAtOnce) is { Count: > 0 } seals)
        {
            foreach (var seal in seals)
            {
                if (seal.Last >= kept)
                {
                    return new ChainHead(chain, seal.Number - 1, seal.First - 1, seal.PreviousHash);
                }

                head = seal.ToHead();
            }
        }

        return head;
    }

    private async Task<AppendResult> AppendAsync(
        string stream, string fenceKey, long fence, ReadOnlyMemory<byte> previous, long number, byte[] hash, byte[] record)
        => (await Append.RunAsync(Database, [stream, fenceKey], [fence, previous, number, hash, record])).ToString() switch
        {
            "stored" => AppendResult.Stored,
            "fenced" => AppendResult.Fenced,
            _ => AppendResult.Moved,
        };

    private static string EntriesOf(string chain) => AuditChains.ShardOf(chain) is { } shard ? KeySpace.Audit(shard) : KeySpace.AdminAudit;

    private static string SequenceOf(string chain) => AuditChains.ShardOf(chain) is { } shard ? KeySpace.AuditSequence(shard) : KeySpace.AdminAuditSequence;

    private static string SealsOf(string chain) => AuditChains.ShardOf(chain) is { } shard ? KeySpace.Seals(shard) : KeySpace.AdminSeals;

    private static string FenceOf(string chain) => AuditChains.ShardOf(chain) is { } shard ? KeySpace.SealFence(shard) : KeySpace.AdminSealFence;

    private static RedisValue Id(long number) => string.Create(CultureInfo.InvariantCulture, $"{number}-0");

    private static long Number(StreamEntry row)
    {
        var id = row.Id.ToString();
        return long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static Seal ReadSeal(StreamEntry row) => AuditSealRecord.Parser.ParseFrom((byte[])row["s"]!).ToSeal(); // each entry has its seal

    private static Checkpoint ReadCheckpoint(StreamEntry row) => AuditCheckpoint.Parser.ParseFrom((byte[])row["s"]!).ToCheckpoint(); // as above
}
