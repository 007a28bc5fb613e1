using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>The name of this replica as a holder of leases, new with each start.</summary>
internal sealed record AuditReplica(string Value);

/// <summary>Leases by which one replica at a time seals, and one archives.</summary>
internal sealed class AuditLeaseStore(RedisConnectionStore redis, AuditReplica replica)
{
    public const string Sealing = "sealing";
    public const string Archiving = "archiving";

    private static readonly EmbeddedScript Take = EmbeddedScript.Load(typeof(AuditLeaseStore).Assembly, "take_lease.lua");
    private static readonly EmbeddedScript Release = EmbeddedScript.Load(typeof(AuditLeaseStore).Assembly, "release_lease.lua");

    /// <summary>Takes or renews a lease.</summary>
    /// <returns>The fence; null while another replica holds it.</returns>
    public async Task<long?> TakeAsync(string work, DateTimeOffset now, TimeSpan duration)
    {
        var fence = (long)await Take.RunAsync(
            redis.Multiplexer.GetDatabase(), [KeySpace.AuditLease(work)],
            [replica.Value, now.ToUnixTimeMilliseconds(), (now + duration).ToUnixTimeMilliseconds()]);
        return fence == 0 ? null : fence;
    }

    /// <summary>Gives a lease back, if this replica holds it.</summary>
    public Task ReleaseAsync(string work) => Release.RunAsync(redis.Multiplexer.GetDatabase(), [KeySpace.AuditLease(work)], [replica.Value]);
}
