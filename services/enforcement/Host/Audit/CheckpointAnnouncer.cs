using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>
/// Tells checkpoints to the tenants that keep them outside the suite, through their outbox: once in each <see cref="AuditOptions.AnnounceInterval"/>,
/// whichever replica seals. One that was lost to a crash needs no second try, because the next one covers all before it.
/// </summary>
internal sealed class CheckpointAnnouncer(ActionStore actions, IOptions<AuditOptions> options)
{
    // An outbox is of a tenant and a shard, and a checkpoint is of no account: it goes where every installation has a shard.
    private const int Shard = 0;

    /// <summary>Announces <paramref name="checkpoint"/> to each tenant that has heard of none in this interval.</summary>
    public async Task AnnounceAsync(Checkpoint checkpoint)
    {
        var interval = checkpoint.TimeMs / (long)options.Value.AnnounceInterval.TotalMilliseconds;
        foreach (var tenant in options.Value.AnnounceTo)
        {
            var key = KeySpace.Announced(Shard);
            var happened = new WatchDecisionsResponse
            {
                EventId = $"audit-checkpoint:{checkpoint.Number}",
                AuditCheckpoint = new AuditCheckpointMade
                {
                    Number = checkpoint.Number,
                    MakeTime = DateTimeOffset.FromUnixTimeMilliseconds(checkpoint.TimeMs).ToTimestamp(),
                    Hash = Convert.ToHexStringLower(checkpoint.Hash()),
                    KeyId = checkpoint.KeyId,
                },
            };
            var action = new ActionRecorded
            {
                Action = "audit.announced",
                ObjectId = $"checkpoint/{checkpoint.Number}",
                Actor = EnforcementHost.Name,
                TenantId = tenant,
            };
            await actions.RecordAsync(
                Shard, action, happened, [new("announced", GuardKind.NotEqual, key, tenant, interval)], [new("HSET", key, tenant, interval)]);
        }
    }
}
