using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.TextClassify.Host.Models;

/// <summary>Which models are ordered to be used.</summary>
/// <param name="Version">How often models were switched.</param>
/// <param name="Live">The live one; null until somebody switches: that of the setting.</param>
/// <param name="Shadows">The shadows, by id.</param>
internal sealed record TextModelOrder(long Version, string? Live, IReadOnlyList<string> Shadows);

/// <summary>What became of a switch.</summary>
internal enum SwitchOutcome
{
    /// <summary>It is done.</summary>
    Changed,

    /// <summary>It was so already.</summary>
    Same,

    /// <summary>The live model can't be taken away.</summary>
    IsLive,

    /// <summary>Something was switched since.</summary>
    Stale,

    /// <summary>There are as many shadows as there may be.</summary>
    Limit,
}

/// <summary>A switch that somebody asks for.</summary>
internal sealed record TextModelSwitch(string ModelId, string Version, TextModelState State, string Reason, string Actor, string Etag);

/// <summary>
/// Which model is live and which are shadows, in Redis, in one slot: the live one's id, a set of shadows, how often it changed, and a history of
/// who switched what and why that is never trimmed.
/// </summary>
internal sealed class TextModelStore(RedisConnectionStore redis, TimeProvider time)
{
    /// <summary>Shadows at a time: each scores every text again.</summary>
    public const int MaxShadows = 4;

    private static readonly RedisKey[] Keys = [KeySpace.TextModelLive, KeySpace.TextModelShadows, KeySpace.TextModelVersion, KeySpace.TextModelHistory];
    private static readonly EmbeddedScript SwitchModel = EmbeddedScript.Load(typeof(TextModelStore).Assembly, "switch-model.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Switches a model, or says why not.</summary>
    /// <param name="change">The switch.</param>
    /// <param name="defaultId">The model that is live where nobody has switched yet.</param>
    /// <param name="live">The live model as this replica knows it, for the history.</param>
    public async Task<SwitchOutcome> SwitchAsync(TextModelSwitch change, string defaultId, IServedTextModel live)
    {
        var answer = await SwitchModel.RunAsync(Database, Keys,
        [
            change.ModelId, (int)change.State, change.Version, change.Etag, change.Actor, change.Reason, time.GetUtcNow().ToUnixTimeMilliseconds(), MaxShadows,
            defaultId, live.ModelId, live.Version, (int)TextModelState.Off, (int)TextModelState.Shadow, (int)TextModelState.Live,
        ]);
        return (string?)answer switch
        {
            "changed" => SwitchOutcome.Changed,
            "same" => SwitchOutcome.Same,
            "is-live" => SwitchOutcome.IsLive,
            "stale" => SwitchOutcome.Stale,
            "limit" => SwitchOutcome.Limit,
            var other => throw new InvalidOperationException($"switch-model.lua answered {other}."),
        };
    }

    /// <summary>How often models were switched.</summary>
    public async Task<long> ReadVersionAsync() => (long)await Database.StringGetAsync(KeySpace.TextModelVersion);

    /// <summary>What is ordered. The version is read first: a switch that comes meanwhile is then read again, which does no harm.</summary>
    public async Task<TextModelOrder> ReadAsync()
    {
        var version = await ReadVersionAsync();
        var live = Database.StringGetAsync(KeySpace.TextModelLive);
        var shadows = await Database.SetMembersAsync(KeySpace.TextModelShadows);
        return new TextModelOrder(version, await live, [.. shadows.Select(s => s.ToString()).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Who switched what after a number, oldest first, at most <paramref name="count"/>.</summary>
    public async Task<IReadOnlyList<TextModelChange>> ReadHistoryAsync(long after, int count)
    {
        var entries = await Database.StreamRangeAsync(KeySpace.TextModelHistory, $"{after + 1}-0", "+", count);
        return
        [
            .. entries.Select(e => new TextModelChange
            {
                Number = long.Parse(e.Id.ToString().Split('-')[0], CultureInfo.InvariantCulture),
                ModelId = e["model"].ToString(),
                Version = e["version"].ToString(),
                Before = (TextModelState)(int)e["before"],
                After = (TextModelState)(int)e["after"],
                Reason = e["reason"].ToString(),
                Actor = e["actor"].ToString(),
                ChangeTime = DateTimeOffset.FromUnixTimeMilliseconds((long)e["time_ms"]).ToTimestamp(),
            }),
        ];
    }
}
