using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Moderation.Enforcement.Audit;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>
/// Seals new entries and makes checkpoints, while this replica holds the lease. Whatever it does is a compare-and-set on the seal before, so two at
/// once do no harm, and one that dies between two steps leaves nothing half done.
/// </summary>
internal sealed partial class AuditSealer(
    AuditStore store, AuditLeaseStore leases, AuditSigner signer, CheckpointAnnouncer announcer, AuditSteps steps,
    IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditSealer> logger)
{
    // Where each chain stands, as this replica sealed it last; asked anew when another held the lease meanwhile.
    private readonly ConcurrentDictionary<string, ChainHead> _heads = new();
    private readonly ConcurrentDictionary<string, long> _broken = new();
    private long _fence;

    /// <summary>Closes what is new in all chains.</summary>
    /// <returns>The number of entries sealed; null while another replica holds the lease.</returns>
    public async Task<int?> SealAsync(CancellationToken cancellationToken)
    {
        if (await LeaseAsync() is not { } fence)
        {
            return null;
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var rounds = await Task.WhenAll(store.Chains.Select(c => SealAsync(c, fence, nowMs, cancellationToken)));
        ModerationMeter.AuditUnsealed.Record(rounds.Sum(r => r.Waiting));
        ModerationMeter.AuditSealAge.Record(rounds.Max(r => r.OldestMs is { } oldest ? Math.Max(0, nowMs - oldest) / 1000.0 : 0));
        return rounds.Sum(r => r.Sealed);
    }

    /// <summary>Makes a checkpoint when the last one is old enough.</summary>
    /// <returns>The checkpoint; null when none is due, or another replica holds the lease.</returns>
    public async Task<Checkpoint?> CheckpointAsync()
    {
        if (await LeaseAsync() is not { } fence)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var latest = await store.LatestCheckpointAsync();
        if (latest is not null && now - DateTimeOffset.FromUnixTimeMilliseconds(latest.TimeMs) < options.Value.CheckpointInterval)
        {
            return null;
        }

        // Heads are read one after the other while sealing goes on nowhere else: each is a seal that is stored, and that is all a checkpoint says.
        var heads = await Task.WhenAll(store.Chains.Select(store.HeadAsync));
        var checkpoint = Checkpoint.Make(latest, heads, now.ToUnixTimeMilliseconds(), signer);
        steps.Passed(AuditStep.CheckpointMade);
        if (await store.AppendAsync(checkpoint, fence) != AppendResult.Stored)
        {
            return null;
        }

        steps.Passed(AuditStep.CheckpointStored);
        await announcer.AnnounceAsync(checkpoint);
        return checkpoint;
    }

    private async Task<long?> LeaseAsync()
    {
        var fence = await leases.TakeAsync(AuditLeaseStore.Sealing, time.GetUtcNow(), options.Value.LeaseDuration);
        if (fence is { } taken && taken != Interlocked.Exchange(ref _fence, taken))
        {
            _heads.Clear();
            await store.AddKeyAsync(signer.KeyId, signer.PublicKey);
        }

        return fence;
    }

    private async Task<Round> SealAsync(string chain, long fence, long nowMs, CancellationToken cancellationToken)
    {
        var round = new Round(0, 0, null);
        while (!cancellationToken.IsCancellationRequested)
        {
            if (!_heads.TryGetValue(chain, out var head))
            {
                head = _heads[chain] = await store.HeadAsync(chain);
            }

            var entries = await store.EntriesAsync(chain, head.LastEntry + 1, options.Value.SealEntries);
            if (entries.Count == 0)
            {
                return round;
            }

            round = round with { Waiting = round.Waiting + entries.Count, OldestMs = round.OldestMs ?? AuditMapping.TimeOf(chain, entries[0].Bytes) };
            if (!Follow(chain, head, entries))
            {
                return round;
            }

            var seal = Seal.Close(head, entries, nowMs, signer);
            steps.Passed(AuditStep.SealMade);
            if (await store.AppendAsync(seal, fence) != AppendResult.Stored)
            {
                _heads.TryRemove(chain, out _); // another was first: its seal is as good
                return round;
            }

            steps.Passed(AuditStep.SealStored);
            _heads[chain] = seal.ToHead();
            ModerationMeter.AuditSealed.Add(entries.Count);
            round = round with { Sealed = round.Sealed + entries.Count };
            if (entries.Count < options.Value.SealEntries)
            {
                return round;
            }
        }

        return round;
    }

    // Numbers are given in the commit without gaps. A gap is somebody's doing, and a seal over it would hide that.
    private bool Follow(string chain, ChainHead head, IReadOnlyList<ChainEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var expected = head.LastEntry + 1 + i;
            if (entries[i].Number != expected)
            {
                if (_broken.TryAdd(chain, expected))
                {
                    LogGap(chain, expected, entries[i].Number);
                }

                return false;
            }
        }

        return true;
    }

    private readonly record struct Round(int Sealed, int Waiting, long? OldestMs);

    [LoggerMessage(LogLevel.Critical, "{Chain}: entry {Expected} of the audit is missing before {Found}; the chain is not sealed further")]
    private partial void LogGap(string chain, long expected, long found);
}
