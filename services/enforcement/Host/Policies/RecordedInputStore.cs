using System.Runtime.CompilerServices;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Which recorded decisions to read.</summary>
/// <param name="Tenant">Only of this tenant; empty: all.</param>
/// <param name="Start">Made from here on.</param>
/// <param name="End">Made before.</param>
/// <param name="Most">At most so many.</param>
internal sealed record RecordedRange(string Tenant, DateTimeOffset Start, DateTimeOffset End, int Most)
{
    public bool Holds(DateTimeOffset time) => time >= Start && time < End;
}

/// <summary>
/// Decisions of rules with what they rested on: those of the outboxes' window first, then those of the archive, latest segment first. Without an
/// archive there are only the former.
/// </summary>
internal sealed class RecordedInputStore(
    RedisConnectionStore redis, KeySpace keys, PolicyStateStore policies, ArchiveSlot slot, AccountKeyStore accountKeys)
{
    private const int Batch = 512;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The records; null stands for one that can't be read any more.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged.</exception>
    public async IAsyncEnumerable<DecisionRecord?> ReadAsync(RecordedRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (seen, left) = (new HashSet<Ulid>(), range.Most);
        await foreach (var batch in BatchesAsync(range, cancellationToken))
        {
            foreach (var record in batch)
            {
                if (record is not null && (!IsMeant(record, range) || !seen.Add(UlidOf(record.Decision.DecisionId))))
                {
                    continue;
                }

                if (left-- == 0)
                {
                    yield break;
                }

                yield return record;
            }
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<DecisionRecord?>> BatchesAsync(RecordedRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var tenant in range.Tenant.Length > 0 ? [range.Tenant] : await policies.TenantsAsync())
        {
            for (var shard = 0; shard < keys.ShardCount; shard++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var rows = await Database.StreamRangeAsync(KeySpace.Outbox(shard, tenant), "-", "+", messageOrder: Order.Descending);
                foreach (var ids in rows.Select(DecisionOf).OfType<string>().Where(id => range.Holds(UlidOf(id).Time)).Chunk(Batch))
                {
                    // One that has settled is gone from here, and comes from the archive.
                    var packed = await Task.WhenAll(ids.Select(id => Database.StringGetAsync(KeySpace.Decision(shard, id))));
                    yield return [.. packed.Where(p => !p.IsNull).Select(p => StoredDecision.Unpack((byte[])p!))]; // tested before
                }
            }
        }

        if (slot.Archive is not { } archive || archive.Range() is not { } segments)
        {
            yield break;
        }

        for (var number = segments.Last; number >= segments.First; number--)
        {
            var manifest = archive.Segment(number);
            if (manifest.Entries == 0 || manifest.FromMs >= range.End.ToUnixTimeMilliseconds() || manifest.ToMs < range.Start.ToUnixTimeMilliseconds())
            {
                continue;
            }

            foreach (var lines in archive.Lines(manifest).OfType<EntryLine>().Where(l => !l.Record.IsEmpty).Chunk(Batch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return await Task.WhenAll(lines.Select(OpenAsync));
            }
        }
    }

    private async Task<DecisionRecord?> OpenAsync(EntryLine line)
    {
        // Chains of shards only: those are the ones with records.
        var shard = int.Parse(line.Chain.AsSpan(line.Chain.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture);
        return await accountKeys.FindAsync(shard, line.Account) is { } key
            && RecordCipher.Decrypt(key, line.Chain, line.Entry.Number, line.Record.Span) is { } record
            ? DecisionRecord.Parser.ParseFrom(record)
            : null;
    }

    private static bool IsMeant(DecisionRecord record, RecordedRange range)
        => record is { Inputs: not null, Decision.Automated: true } && range.Holds(record.Decision.CreateTime.ToDateTimeOffset())
            && (range.Tenant.Length == 0 || record.Decision.TenantId == range.Tenant);

    private static string? DecisionOf(StreamEntry row)
    {
        if (row[OutboxReader.DecisionField] is { IsNull: false } named)
        {
            return named.ToString();
        }

        return row[OutboxReader.EventField] is { IsNull: false } happened
            ? WatchDecisionsResponse.Parser.ParseFrom((byte[])happened!).Decided?.DecisionId // tested before
            : null;
    }

    private static Ulid UlidOf(string id) => Ulid.Parse(id.AsSpan(id.LastIndexOf('_') + 1));
}
