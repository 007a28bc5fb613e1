using System.Collections.Concurrent;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>What was taken of a chain.</summary>
/// <param name="Entries">How many entries.</param>
/// <param name="Decisions">The decisions among them that the store still has.</param>
/// <param name="WaitingSinceMs">When the first seal was made that was not taken; null when all were.</param>
internal sealed record TakenEntries(int Entries, List<Decision> Decisions, long? WaitingSinceMs);

/// <summary>Takes sealed entries out of the store for the archive, each decision with its record, encrypted.</summary>
internal sealed partial class SegmentSource(AuditStore store, SettlementStore settlements, AccountKeyStore accountKeys, ILogger<SegmentSource> logger)
{
    private const int SealsAtOnce = 64;
    private const int EntriesAtOnce = 1000;
    private readonly ConcurrentDictionary<string, long> _broken = new();

    /// <summary>Adds the seals of a chain that are older than <paramref name="before"/>, until the segment has <paramref name="most"/> entries.</summary>
    public async Task<TakenEntries> FillAsync(SegmentContent content, string chain, DateTimeOffset before, int most)
    {
        var (taken, decisions) = (0, new List<Decision>());
        while (true)
        {
            var seals = await store.SealsAsync(chain, content.Heads[chain].Seal + 1, SealsAtOnce);
            foreach (var seal in seals)
            {
                if (seal.TimeMs > before.ToUnixTimeMilliseconds() || content.Entries >= most)
                {
                    return new TakenEntries(taken, decisions, seal.TimeMs);
                }

                var entries = await store.EntriesAsync(chain, seal.First, (int)(seal.Last - seal.First + 1));
                if (!Holds(seal, content.Heads[chain], entries))
                {
                    if (_broken.TryAdd(chain, seal.Number))
                    {
                        LogBroken(chain, seal.Number, seal.First, seal.Last);
                    }

                    return new TakenEntries(taken, decisions, seal.TimeMs);
                }

                decisions.AddRange(await AddAsync(content, chain, entries));
                content.Add(seal);
                taken += entries.Count;
            }

            if (seals.Count < SealsAtOnce)
            {
                return new TakenEntries(taken, decisions, null);
            }
        }
    }

    /// <summary>The decisions that entries of a chain up to <paramref name="last"/> are about, as far as the store still has both.</summary>
    public async Task<List<Decision>> DecisionsUpToAsync(string chain, long last)
    {
        var decisions = new List<Decision>();
        var next = await store.FirstKeptAsync(chain);
        while (next <= last)
        {
            var entries = await store.EntriesAsync(chain, next, (int)Math.Min(EntriesAtOnce, last - next + 1));
            if (entries.Count == 0)
            {
                break;
            }

            decisions.AddRange((await RecordsAsync(chain, entries)).OfType<DecisionRecord>().Select(r => r.Decision));
            next = entries[^1].Number + 1;
        }

        return decisions;
    }

    // What goes into the archive is what was sealed, or it does not go there: a change in the store shows here at the latest.
    private static bool Holds(Seal seal, ChainHead head, IReadOnlyList<ChainEntry> entries)
        => seal.PreviousHash.Span.SequenceEqual(head.SealHash.Span) && seal.First == head.LastEntry + 1 && entries.Count == seal.Last - seal.First + 1
            && Seal.HashOf(seal.PreviousHash.Span, entries).AsSpan().SequenceEqual(seal.EntriesHash.Span);

    private async Task<IEnumerable<Decision>> AddAsync(SegmentContent content, string chain, IReadOnlyList<ChainEntry> entries)
    {
        var records = await RecordsAsync(chain, entries);
        var pseudonyms = new byte[records.Count][];
        for (var i = 0; i < records.Count; i++)
        {
            pseudonyms[i] = records[i]?.Decision is { } decision ? await accountKeys.PseudonymAsync(decision.TenantId, decision.AccountId) : [];
        }

        var wanted = pseudonyms.Where(p => p.Length > 0).DistinctBy(Convert.ToHexString).ToList();
        // Decisions stand in chains of shards alone.
        var found = wanted.Count == 0 ? [] : await accountKeys.GetOrCreateAsync(AuditChains.ShardOf(chain)!.Value, wanted);
        var keys = wanted.Zip(found).ToDictionary(p => Convert.ToHexString(p.First), p => p.Second);
        for (var i = 0; i < records.Count; i++)
        {
            var sealedRecord = records[i] is { } record
                ? RecordCipher.Encrypt(keys[Convert.ToHexString(pseudonyms[i])], chain, entries[i].Number, record.ToByteArray())
                : [];
            content.Add(new EntryLine(chain, entries[i], AuditMapping.TimeOf(chain, entries[i].Bytes), pseudonyms[i], sealedRecord));
        }

        return records.OfType<DecisionRecord>().Select(r => r.Decision);
    }

    private async Task<IReadOnlyList<DecisionRecord?>> RecordsAsync(string chain, IReadOnlyList<ChainEntry> entries)
    {
        var records = new DecisionRecord?[entries.Count];
        if (AuditChains.ShardOf(chain) is not { } shard)
        {
            return records;
        }

        var ids = entries.Select(e => AuditEntry.Parser.ParseFrom(ByteString.CopyFrom(e.Bytes.Span)))
            .Select((e, i) => (Index: i, Id: e.EventCase == AuditEntry.EventOneofCase.Committed ? e.Committed.DecisionId : ""))
            .Where(e => e.Id.Length > 0).ToList();
        var found = await settlements.ReadAsync(shard, ids.Select(e => e.Id));
        for (var i = 0; i < ids.Count; i++)
        {
            records[ids[i].Index] = found[i];
        }

        return records;
    }

    [LoggerMessage(
        LogLevel.Critical,
        "{Chain}: seal {Seal} over entries {First}..{Last} does not hold against the store or the archive; the chain is not archived further")]
    private partial void LogBroken(string chain, long seal, long first, long last);
}
