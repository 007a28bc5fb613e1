using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.MediaHash.Host.Pulling;

/// <summary>When sources were last looked at, and what their lists were then.</summary>
internal sealed class PullStore(RedisConnectionStore redis)
{
    private const string Time = "at_ms";
    private const string Marked = "m:";

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>When a source was last looked at, and the marks of its lists.</summary>
    public async Task<(DateTimeOffset? Time, IReadOnlyDictionary<string, string> Marks)> FindAsync(string source)
    {
        var fields = await Database.HashGetAllAsync(KeySpace.HashListPull(source));
        var time = fields.FirstOrDefault(field => field.Name == Time).Value;
        return (
            time.IsNull ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)time),
            fields.Where(field => field.Name.StartsWith(Marked)).ToDictionary(field => field.Name.ToString()[Marked.Length..], field => field.Value.ToString()));
    }

    public Task SaveTimeAsync(string source, DateTimeOffset time) =>
        Database.HashSetAsync(KeySpace.HashListPull(source), Time, time.ToUnixTimeMilliseconds());

    public Task SaveMarkAsync(string source, string list, string mark) => Database.HashSetAsync(KeySpace.HashListPull(source), Marked + list, mark);
}
