using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Work;

/// <summary>Who does which work.</summary>
internal sealed class WorkLeaseStore(RedisConnectionStore redis)
{
    private static readonly EmbeddedScript TakeScript = EmbeddedScript.Load(typeof(WorkLeaseStore).Assembly, "take_work_lease.lua");

    /// <summary>Takes a work, or goes on holding it.</summary>
    /// <returns>False while another replica holds it.</returns>
    public async Task<bool> TakeAsync(string work, string holder, DateTimeOffset now, TimeSpan lease)
        => (int)await TakeScript.RunAsync(
            redis.Multiplexer.GetDatabase(),
            [KeySpace.WorkLease(work)],
            [holder, now.ToUnixTimeMilliseconds(), (now + lease).ToUnixTimeMilliseconds(), (long)(2 * lease).TotalMilliseconds]) == 1;
}
