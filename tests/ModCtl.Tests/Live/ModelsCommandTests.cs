using System.Text.Json;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Tests.Fakes;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Moderation.TextClassify.Host;

namespace Moderation.ModCtl.Tests.Live;

/// <summary>The suite with a folder of further models, in which there is one besides a folder that holds none.</summary>
public sealed class ModelsFixture : SuiteFixture, IDisposable
{
    /// <summary>The id of the further model.</summary>
    public const string Candidate = "candidate";

    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc />
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Settings
        => new Dictionary<string, IReadOnlyDictionary<string, string?>>
        {
            [TextClassifyHost.Name] = new Dictionary<string, string?> { ["TextModel:Folder"] = _folder.Path },
        };

    /// <inheritdoc />
    public override async ValueTask InitializeAsync()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "Models", "moderation-text-v1");
        var copy = Directory.CreateDirectory(Path.Combine(_folder.Path, Candidate)).FullName;
        foreach (var file in Directory.EnumerateFiles(shipped))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        Directory.CreateDirectory(Path.Combine(_folder.Path, "broken"));
        await base.InitializeAsync();
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();
}

/// <summary><c>modctl models</c> against the running suite.</summary>
public sealed class ModelsCommandTests(ModelsFixture suite) : IClassFixture<ModelsFixture>
{
    private const string Shipped = "moderation-text-v1";

    private async Task<ModCtlProgram.Outcome> RunAsync(Role role, params string[] arguments)
    {
        var token = suite.Suite.IssuePersonToken(Person.Of("pol@test", [role], [Person.AllTenants]), TimeSpan.FromHours(1));
        return await ModCtlProgram.RunAsync(
            name => name == "MODERATION_TOKEN" ? token : null,
            ["models", .. arguments, "--address", suite.Suite.Address(TextClassifyHost.Name, EndpointKind.Grpc).GetLeftPart(UriPartial.Authority)]);
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        var outcome = await RunAsync(Role.Policy, arguments);
        Assert.True(outcome.Code == 0, $"modctl models {string.Join(' ', arguments)} ended with {outcome.Code}: {outcome.Error}");
        return outcome.Output;
    }

    private async Task<Dictionary<string, string>> StatesAsync()
        => (await DoneAsync("list", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)
            .ToDictionary(m => m.GetProperty("modelId").GetString()!, m => m.GetProperty("state").GetString()!); // both are always written

    [Fact]
    public async Task A_model_goes_from_off_over_shadow_to_live_and_its_history_says_who_and_why()
    {
        Assert.Equal("TEXT_MODEL_STATE_LIVE", (await StatesAsync())[Shipped]);
        Assert.Contains("harassment", await DoneAsync("show", ModelsFixture.Candidate), StringComparison.OrdinalIgnoreCase);

        Assert.Contains("candidate (", await DoneAsync("shadow", ModelsFixture.Candidate, "--reason", "to compare"), StringComparison.Ordinal);
        Assert.Contains("is already", await DoneAsync("shadow", ModelsFixture.Candidate, "--reason", "once more"), StringComparison.Ordinal);
        Assert.Contains("kappa", await DoneAsync("compare", ModelsFixture.Candidate), StringComparison.Ordinal);
        await DoneAsync("promote", ModelsFixture.Candidate, "--reason", "it is better");
        var states = await StatesAsync();
        Assert.Equal(("TEXT_MODEL_STATE_LIVE", "TEXT_MODEL_STATE_OFF"), (states[ModelsFixture.Candidate], states[Shipped]));
        await DoneAsync("promote", Shipped, "--reason", "back");

        var history = (await DoneAsync("history")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(
            ["to compare", "it is better", "Replaced by candidate", "back", "Replaced by moderation-text-v1"], history.Select(h => h.GetProperty("reason").GetString()));
        Assert.All(history, h => Assert.Contains("pol@test", h.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_done_is_said()
    {
        var live = await RunAsync(Role.Policy, "off", Shipped, "--reason", "no more");
        Assert.NotEqual(0, live.Code);
        Assert.Contains("live", live.Error, StringComparison.Ordinal);
        var broken = await RunAsync(Role.Policy, "shadow", "broken", "--reason", "try");
        Assert.NotEqual(0, broken.Code);
        Assert.Contains("model.bin", broken.Error, StringComparison.Ordinal);
        var unknown = await RunAsync(Role.Policy, "show", "nowhere");
        Assert.NotEqual(0, unknown.Code);
        Assert.Contains("nowhere", unknown.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await RunAsync(Role.Reviewer, "promote", ModelsFixture.Candidate, "--reason", "mine")).Code);
    }
}
