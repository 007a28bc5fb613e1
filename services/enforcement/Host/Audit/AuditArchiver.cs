using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>
/// Moves what is sealed into the archive, lets settled decisions leave the store, and only then drops the entries. Where it stands is what
/// the archive says, and what is left to do is what the store still has of that: so it may die anywhere and go on.
/// </summary>
internal sealed partial class AuditArchiver(
    ArchiveSlot slot, AuditStore store, AuditLeaseStore leases, SegmentSource source, Settler settler, AuditSigner signer, AuditSteps steps,
    IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditArchiver> logger)
{
    // A segment of checkpoints alone waits for so many of them: an idle installation should not fill its archive with files.
    private const int CheckpointsAlone = 10;
    private const int CheckpointsAtOnce = 100;

    private Dictionary<string, ChainHead> _heads = [];
    private SegmentManifest? _latest;
    private long _fence;

    /// <summary>Archives what is sealed and old enough.</summary>
    /// <returns>The number of entries archived; null when this replica has no archive, or another holds the lease.</returns>
    public async Task<int?> ArchiveAsync(CancellationToken cancellationToken)
    {
        if (slot.Archive is not { } archive || await LeaseAsync() is not { } fence)
        {
            return null;
        }

        if (fence != _fence)
        {
            await LoadAsync(archive);
        }

        _fence = 0; // whatever fails below, the next round begins from what is there
        var archived = 0;
        while (await WriteSegmentAsync(archive, cancellationToken) is { } entries)
        {
            archived += entries;
            if (cancellationToken.IsCancellationRequested || await LeaseAsync() != fence)
            {
                return archived;
            }
        }

        Prune(archive);
        _fence = fence;
        return archived;
    }

    private Task<long?> LeaseAsync() => leases.TakeAsync(AuditLeaseStore.Archiving, time.GetUtcNow(), options.Value.LeaseDuration);

    private async Task LoadAsync(IArchive archive)
    {
        foreach (var (id, key) in await store.KeysAsync())
        {
            archive.AddKey(id, key);
        }

        _latest = archive.Range() is { } range ? archive.Segment(range.Last) : null;
        // A new archive begins where the store does: at the beginning of all, or behind what an earlier archive has.
        _heads = _latest is null ? await store.BeginningsAsync() : archive.HeadsAfter(_latest);
        foreach (var chain in store.Chains)
        {
            await LeaveAsync(chain, null);
        }
    }

    /// <returns>The entries of the segment; null when there is nothing to write.</returns>
    private async Task<int?> WriteSegmentAsync(IArchive archive, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        using var content = new SegmentContent(_heads);
        var left = new Dictionary<string, List<Decision>>();
        long? waitingSinceMs = null;
        foreach (var chain in store.Chains)
        {
            var taken = await source.FillAsync(content, chain, now - options.Value.ArchiveDelay, options.Value.SegmentEntries);
            waitingSinceMs = Earlier(waitingSinceMs, taken.WaitingSinceMs);
            if (taken.Entries > 0)
            {
                left[chain] = taken.Decisions;
            }
        }

        foreach (var checkpoint in await store.CheckpointsAsync(_heads[AuditChains.Checkpoints].Seal + 1, CheckpointsAtOnce))
        {
            if (!content.TryAdd(checkpoint))
            {
                break;
            }
        }

        ModerationMeter.AuditArchiveLag.Record(waitingSinceMs is { } since ? Math.Max(0, now.ToUnixTimeMilliseconds() - since) / 1000.0 : 0);
        if ((content.Entries == 0 && content.Checkpoints < CheckpointsAlone) || cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        steps.Passed(AuditStep.SegmentBuilt);
        var (manifest, file) = content.Finish(_latest, now.ToUnixTimeMilliseconds(), signer);
        archive.AddKey(signer.KeyId, signer.PublicKey);
        if (!archive.TryWrite(manifest, file, () => steps.Passed(AuditStep.SegmentFileWritten)))
        {
            LogOtherWriter(manifest.Number);
            return null;
        }

        steps.Passed(AuditStep.SegmentWritten);
        (_latest, _heads) = (manifest, new Dictionary<string, ChainHead>(content.Heads));
        ModerationMeter.AuditArchived.Add(content.Entries);
        foreach (var (chain, decisions) in left)
        {
            await LeaveAsync(chain, decisions);
        }

        await store.TrimCheckpointsAsync(_heads[AuditChains.Checkpoints].Seal - options.Value.CheckpointsKept + 1);
        return content.Entries;
    }

    // The store drops nothing before what it is about has settled: the entries that are left are the list of what is to do.
    private async Task LeaveAsync(string chain, List<Decision>? decisions)
    {
        var head = _heads[chain];
        if (decisions is null && await store.FirstKeptAsync(chain) > head.LastEntry)
        {
            await store.TrimSealsAsync(chain, head.Seal);
            return;
        }

        if (AuditChains.ShardOf(chain) is { } shard)
        {
            await settler.SettleAsync(shard, decisions ?? await source.DecisionsUpToAsync(chain, head.LastEntry));
        }

        steps.Passed(AuditStep.ChainSettled);
        await store.TrimEntriesAsync(chain, head.LastEntry);
        steps.Passed(AuditStep.EntriesTrimmed);
        await store.TrimSealsAsync(chain, head.Seal);
    }

    private void Prune(IArchive archive)
    {
        if (archive.Range() is not { } range)
        {
            return;
        }

        var before = (time.GetUtcNow() - options.Value.ArchiveRetention).ToUnixTimeMilliseconds();
        var first = range.First;
        while (first < range.Last && archive.Segment(first).TimeMs < before)
        {
            first++;
        }

        if (first > range.First)
        {
            archive.Prune(PruneMark.Make(archive.Segment(first), time.GetUtcNow().ToUnixTimeMilliseconds(), signer));
            LogPruned(range.First, first - 1);
        }
    }

    private static long? Earlier(long? one, long? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    [LoggerMessage(LogLevel.Warning, "Another replica wrote segment {Number} of the archive: this one reads anew where it stands")]
    private partial void LogOtherWriter(long number);

    [LoggerMessage(LogLevel.Information, "Retention dropped the segments {First}..{Last} of the archive")]
    private partial void LogPruned(long first, long last);
}
