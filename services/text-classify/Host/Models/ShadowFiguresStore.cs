using System.Globalization;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.TextClassify.Host.Models;

/// <summary>
/// The counts of all replicas in Redis, a hash for each pair of models that is kept 90 days after its last text. A batch of counts carries its
/// replica and number, so that one whose answer was lost is added once all the same.
/// </summary>
internal sealed class ShadowFiguresStore(RedisConnectionStore redis, ShadowFigures figures, TimeProvider time) : IDisposable
{
    private const string First = "first_ms";
    private const string Last = "last_ms";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);
    private static readonly EmbeddedScript AddFigures = EmbeddedScript.Load(typeof(ShadowFiguresStore).Assembly, "add-figures.lua");

    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _replica = Guid.NewGuid().ToString("n");
    private readonly Queue<(long Number, ModelPair Pair, PairCounts Counts)> _unsent = new();
    private long _number;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Adds what was counted here to the store. False when it can't be reached; the counts are kept and sent later.</summary>
    public async Task<bool> TrySendAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var (pair, counts) in figures.Take()) _unsent.Enqueue((++_number, pair, counts));
            while (_unsent.TryPeek(out var batch))
            {
                List<RedisValue> arguments =
                [
                    _replica, batch.Number, batch.Counts.Since.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds(), (long)Kept.TotalMilliseconds,
                ];
                foreach (var (field, count) in batch.Counts.Fields) arguments.AddRange([field, count]);
                await AddFigures.RunAsync(Database, [KeySpace.TextModelFigures(batch.Pair.Live, batch.Pair.Shadow)], [.. arguments]);
                _unsent.Dequeue();
            }
            return true;
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The counts of a pair; empty where the two never met.</summary>
    public async Task<StoredFigures> ReadAsync(ModelPair pair)
    {
        var fields = (await Database.HashGetAllAsync(KeySpace.TextModelFigures(pair.Live, pair.Shadow)))
            .Where(f => !f.Name.ToString().StartsWith("r:", StringComparison.Ordinal))
            .ToDictionary(f => f.Name.ToString(), f => long.Parse(f.Value.ToString(), CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return new StoredFigures(fields, Time(First), Time(Last));

        DateTimeOffset? Time(string name) => fields.TryGetValue(name, out var ms) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}

/// <summary>Counts as the store has them.</summary>
/// <param name="Fields">By field.</param>
/// <param name="First">When the first text was counted.</param>
/// <param name="Last">When the last counts came.</param>
internal sealed record StoredFigures(IReadOnlyDictionary<string, long> Fields, DateTimeOffset? First, DateTimeOffset? Last)
{
    public long this[string field] => Fields.GetValueOrDefault(field);
}
