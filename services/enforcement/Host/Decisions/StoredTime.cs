namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Times that are stored.</summary>
internal static class StoredTime
{
    /// <summary>Now, in whole milliseconds: records keep no more, and whoever reads one sees the time that was decided at.</summary>
    public static DateTimeOffset NowToStore(this TimeProvider time) => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
