using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.TextClassify.Host.Models;

/// <summary>
/// Brings what a replica serves up to what the store says. A model that can't be loaded changes nothing: the replica goes on with what it had,
/// says why, and tries again now and then.
/// </summary>
internal sealed partial class TextModelFeedStore(
    TextModelStore store, TextModelFolders folders, ServedTextModels served, TimeProvider time, ILogger<TextModelFeedStore> logger) : IDisposable
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, IServedTextModel> _loaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Detail, DateTimeOffset Time)> _faults = new(StringComparer.Ordinal);
    private HashedTextModel? _default;
    private Moderation.TextClassify.Models.TextModel? _attributes;
    private volatile TextModelOrder? _order;

    /// <summary>What is ordered, as this replica last read it; null before it could.</summary>
    public TextModelOrder? Order => _order;

    /// <summary>The id of the model that is ordered to be live.</summary>
    public string LiveId => _order?.Live ?? folders.DefaultId;

    /// <summary>Serves the model of the setting, whatever the store says: without it the service does not start.</summary>
    public void Begin(HashedTextModel model, Moderation.TextClassify.Models.TextModel attributes)
    {
        (_default, _attributes) = (model, attributes);
        _loaded[model.ModelId] = model;
        served.Serve(model, [], model, attributes);
    }

    /// <summary>Why this replica can't load a model; empty where it can or has not tried.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FaultsAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _faults.ToDictionary(f => f.Key, f => f.Value.Detail, StringComparer.Ordinal);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Follows what is ordered. False when the store can't be reached; nothing is lost then.</summary>
    public async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_order is not { } order || order.Version != await store.ReadVersionAsync()) order = await store.ReadAsync();
            await FollowAsync(order, cancellationToken);
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

    /// <summary>Loads a model, so that nobody orders one that can't be used, and then orders it and follows.</summary>
    /// <exception cref="InvalidDataException">The model's folder is not what it should be; nothing was ordered.</exception>
    public async Task<SwitchOutcome> SwitchAsync(TextModelSwitch change, TextModelFolder folder, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (change.State != TextModelState.Off && !_loaded.ContainsKey(folder.ModelId)) _loaded[folder.ModelId] = await folders.LoadAsync(folder, cancellationToken);
            _faults.Remove(folder.ModelId);
            try
            {
                return await store.SwitchAsync(change, folders.DefaultId, served.Live);
            }
            finally
            {
                // Also after a refusal: what was loaded for nothing is let go again.
                await FollowAsync(await store.ReadAsync(), cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task FollowAsync(TextModelOrder order, CancellationToken cancellationToken)
    {
        if (_default is null || _attributes is null) throw new InvalidOperationException("The text model is not loaded yet.");
        var liveId = order.Live ?? folders.DefaultId;
        string[] wanted = [liveId, .. order.Shadows.Where(s => s != liveId)];
        foreach (var id in wanted) await TryLoadAsync(id, cancellationToken);
        foreach (var gone in _faults.Keys.Where(f => !wanted.Contains(f)).ToList()) _faults.Remove(gone);
        ServiceDefaults.Telemetry.ModerationMeter.TextModelFaults.Record(_faults.Count);

        var live = _loaded.GetValueOrDefault(liveId) ?? served.Live; // the last good one
        List<IServedTextModel> shadows = [.. wanted.Skip(1).Select(id => _loaded.GetValueOrDefault(id)).OfType<IServedTextModel>().Where(m => m != live)];
        if (live.Version != served.Live.Version || live.ModelId != served.Live.ModelId) LogLive(live.Version, order.Version);
        served.Serve(live, shadows, _default, _attributes);
        foreach (var (id, model) in _loaded.Where(l => l.Value != live && l.Value != _default && !shadows.Contains(l.Value)).ToList())
        {
            _loaded.Remove(id);
            await model.DisposeAsync();
        }
        _order = order;
    }

    private async Task TryLoadAsync(string id, CancellationToken cancellationToken)
    {
        if (_loaded.ContainsKey(id)) return;
        if (_faults.TryGetValue(id, out var earlier) && time.GetUtcNow() - earlier.Time < TryAgain) return;
        try
        {
            var folder = folders.Find(id) ?? throw new InvalidDataException($"{id}: no folder of this replica has this name.");
            _loaded[id] = await folders.LoadAsync(folder, cancellationToken);
            _faults.Remove(id);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _faults[id] = (failure.Message, time.GetUtcNow());
            LogUnusable(id, failure.Message, served.Live.Version);
        }
    }

    [LoggerMessage(LogLevel.Information, "Serving text model {Version} after {Switches} switches")]
    private partial void LogLive(string version, long switches);

    [LoggerMessage(LogLevel.Warning, "Text model {ModelId} is ordered and can't be loaded: {Detail} Scoring goes on with {Version}")]
    private partial void LogUnusable(string modelId, string detail, string version);
}
