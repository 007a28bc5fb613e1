namespace Moderation.ServiceDefaults.Redis;

/// <summary>How to reach Redis. Section <c>Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Redis";

    /// <summary>StackExchange.Redis configuration string, such as <c>redis:6379,password=…</c>. Required.</summary>
    public string ConnectionString { get; set; } = "";
}

/// <summary>Facts fixed at installation. Section <c>Sharding</c>.</summary>
public sealed class ShardingOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Sharding";

    /// <summary>Number of shards, 1..4096; can't change once there is data.</summary>
    public int Count { get; set; } = KeySpace.DefaultShardCount;
}
