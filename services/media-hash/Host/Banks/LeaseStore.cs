using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>Who does what one replica at a time should do. Doing it twice is harmless, only wasteful.</summary>
internal sealed class LeaseStore(RedisConnectionStore redis)
{
    private static readonly EmbeddedScript Take = EmbeddedScript.Load(typeof(LeaseStore).Assembly, "take-lease.lua");

    /// <summary>Takes a lease, or goes on holding it; false while another replica has it.</summary>
    public async Task<bool> TakeAsync(string key, string holder, DateTimeOffset now, TimeSpan lease) => (int)await Take.RunAsync(
        redis.Multiplexer.GetDatabase(), [key],
        [holder, now.ToUnixTimeMilliseconds(), (now + lease).ToUnixTimeMilliseconds(), (long)(2 * lease).TotalMilliseconds]) == 1;
}
