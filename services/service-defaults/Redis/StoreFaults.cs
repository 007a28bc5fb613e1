using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>Tells the store's faults from ours.</summary>
public static class StoreFaults
{
    private static readonly string[] PassingErrors = ["LOADING", "READONLY", "CLUSTERDOWN", "MASTERDOWN", "OOM", "MISCONF", "TRYAGAIN", "NOREPLICAS", "BUSY"];

    /// <summary>Whether the store could not be reached or can't take writes now: the same call may succeed later.</summary>
    public static bool IsUnavailable(Exception exception) => exception switch
    {
        RedisConnectionException or RedisTimeoutException => true,
        RedisServerException server => PassingErrors.Any(e => server.Message.StartsWith(e, StringComparison.Ordinal)),
        _ => false,
    };
}
