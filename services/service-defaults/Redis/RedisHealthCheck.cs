using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>Ready only while Redis answers and is the installation that this process is configured for.</summary>
public sealed class RedisHealthCheck(RedisConnectionStore store) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.CheckInstallationAsync();
            return HealthCheckResult.Healthy();
        }
        catch (InvalidOperationException wrong)
        {
            return HealthCheckResult.Unhealthy(wrong.Message);
        }
        catch (RedisException)
        {
            return HealthCheckResult.Unhealthy("Redis does not answer.");
        }
    }
}
