using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Work;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>
/// Walks through all keys, a bounded part each minute, and removes what has outlived its time. Where it is, is stored, so another replica goes on
/// from there; a page that is done twice removes nothing twice.
/// </summary>
internal sealed partial class RetentionSweeper(
    SweepStore store, KeyWalkStore walk, LegalHoldStore holds, RetentionCatalogue catalogue, IOptions<RetentionOptions> options, TimeProvider time,
    ILogger<RetentionSweeper> logger) : IWork
{
    private const string ShardKeys = "{m:*";
    private const int Abreast = 32;

    public string Name => "retention";

    public TimeSpan Interval => TimeSpan.FromMinutes(1);

    /// <summary>The table that it keeps; wrong settings end the start of the service.</summary>
    public RetentionCatalogue Catalogue { get; } = catalogue;

    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var (record, held, now) = (await store.LoadAsync(), await holds.HeldAsync(), time.GetUtcNow());
        record.Running ??= new SweepReport { StartTime = Timestamp.FromDateTimeOffset(now) };
        for (var seen = 0; seen < options.Value.SweepKeys && !cancellationToken.IsCancellationRequested;)
        {
            var (keys, next) = await walk.PageAsync(record.Place, ShardKeys);
            foreach (var chunk in keys.Chunk(Abreast))
            {
                foreach (var swept in await Task.WhenAll(chunk.Select(k => store.SweepAsync(k, held, now))))
                {
                    Count(record.Running, swept);
                }
            }

            // An empty page of a filtered walk has cost the store as much as a full one.
            seen += Math.Max(keys.Count, 100);
            record.Running.KeyCount += keys.Count;
            record.Place = next;
            if (next.Length == 0)
            {
                record.Running.EndTime = Timestamp.FromDateTimeOffset(now);
                (record.Last, record.Running) = (record.Running, null);
                await store.SaveAsync(record);
                LogWalked(record.Last.KeyCount, record.Last.Removed.Sum(r => r.Count), record.Last.HeldCount);
                return false;
            }

            await store.SaveAsync(record);
        }

        return false;
    }

    private static void Count(SweepReport report, SweptKey? swept)
    {
        if (swept is not { } found)
        {
            return;
        }

        report.HeldCount += found.Held;
        if (found.Removed == 0)
        {
            return;
        }

        ModerationMeter.RecordsSwept.Add(found.Removed, new KeyValuePair<string, object?>("kind", found.Kind));
        if (report.Removed.FirstOrDefault(r => r.Kind == found.Kind) is { } known)
        {
            known.Count += found.Removed;
        }
        else
        {
            report.Removed.Add(new ErasedKind { Kind = found.Kind, Count = found.Removed });
        }
    }

    [LoggerMessage(LogLevel.Information, "The retention sweep looked at {Keys} keys and removed {Removed} records; {Held} stay because of a legal hold")]
    private partial void LogWalked(long keys, long removed, long held);
}
