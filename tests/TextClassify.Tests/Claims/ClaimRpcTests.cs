using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Hosting;
using Moderation.TextClassify.Host;
using Moderation.TextClassify.Tests.Host;
using Xunit;

namespace Moderation.TextClassify.Tests.Claims;

public sealed class ClaimRpcTests(TextClassifyFixture fixture) : IClassFixture<TextClassifyFixture>, IAsyncLifetime
{
    private WebApplication _app = null!; // set before any test runs
    private GrpcChannel _channel = null!; // as above
    private ClaimService.ClaimServiceClient _client = null!; // as above
    private Metadata _policy = [];

    public async ValueTask InitializeAsync()
    {
        _app = TextClassifyHost.Create([], c =>
        {
            fixture.Configure(c);
            c.AddInMemoryCollection(new Dictionary<string, string?> { ["Claims:Publishers:0:Site"] = "factcheck.example" });
        });
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Endpoint(EndpointKind.Grpc) ?? throw new InvalidOperationException("The service does not listen."));
        _client = new ClaimService.ClaimServiceClient(_channel);
        _policy = fixture.As(Person.Of("policy@test", [Role.Policy], [Person.AllTenants]));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static FactCheck Check(string claim, string id, string site = "factcheck.example", string rating = "False") =>
        new() { Claim = claim, PublisherSite = site, Rating = rating, Address = $"https://{site}/{id}" };

    [Fact]
    public async Task ImportMatchAndRemove_areSeenByClassifyText()
    {
        const string text = "they hide it: wearing copper bracelets at night cures migraine within a week";
        var before = await ClassifyAsync(text);
        Assert.Empty(before.ClaimMatches);
        var imported = await _client.ImportFactChecksAsync(
            new ImportFactChecksRequest
            {
                FactChecks = { Check("Wearing copper bracelets at night cures migraine within a week.", "copper"), Check("Gold coins cure migraine.", "gold", rating: "Half true") },
                ClaimReviewJson = """{"@type":"ClaimReview","claimReviewed":"Wearing copper bracelets at night cures migraine.","url":"https://nobody.example/1","reviewRating":{"alternateName":"False"}}""",
            },
            _policy);
        Assert.Equal((3, 1, 0), (imported.Imported, imported.Counting, imported.Skipped.Count));

        var match = (await _client.MatchClaimsAsync(new MatchClaimsRequest { Text = text }, _policy)).Matches[0];
        Assert.True(match.FactCheck.Counts);
        Assert.Equal("policy@test", match.FactCheck.Creator);
        var signals = await ClassifyAsync(text);
        Assert.Equal(SignalStatus.Available, signals.ClaimStatus);
        var claim = Assert.Single(signals.ClaimMatches);
        Assert.Equal((match.FactCheck.ClaimId, match.Score, "False", "https://factcheck.example/copper"), (claim.ClaimId, claim.Score, claim.Rating, claim.Address));

        var removed = await _client.RemoveFactCheckAsync(new RemoveFactCheckRequest { ClaimId = claim.ClaimId }, _policy);
        Assert.True(removed.ClaimVersion > imported.ClaimVersion);
        Assert.Empty((await ClassifyAsync(text)).ClaimMatches);
        var again = await Assert.ThrowsAsync<RpcException>(async () => await _client.RemoveFactCheckAsync(new RemoveFactCheckRequest { ClaimId = claim.ClaimId }, _policy));
        Assert.Equal(ErrorReason.FactCheckNotFound, RpcErrors.ReasonOf(again));
    }

    [Fact]
    public async Task Import_sameAgain_changesNothing_andUnreadableOnesAreNamed()
    {
        var request = new ImportFactChecksRequest { FactChecks = { Check("Cats can read minds on Tuesdays.", "cats"), new FactCheck { Claim = "No address." } } };
        var first = await _client.ImportFactChecksAsync(request, _policy);
        var second = await _client.ImportFactChecksAsync(request, _policy);
        Assert.Equal(first.ClaimVersion, second.ClaimVersion);
        var skipped = Assert.Single(second.Skipped);
        Assert.Equal(1, skipped.Index);
        Assert.Contains("address must be", skipped.Reason, StringComparison.Ordinal);
        var listed = await _client.ListFactChecksAsync(new ListFactChecksRequest { PageSize = 1000 }, _policy);
        Assert.Single(listed.FactChecks, c => c.Claim == "Cats can read minds on Tuesdays.");
    }

    [Fact]
    public async Task Import_byOnePartOfTheTenants_isRefused()
    {
        var lead = fixture.As(Person.Of("lead@test", [Role.Lead], ["acme"]));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.ImportFactChecksAsync(new ImportFactChecksRequest { FactChecks = { Check("A claim.", "x") } }, lead));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    [Fact]
    public async Task Import_nothingOrNoJson_namesTheField()
    {
        var nothing = await Assert.ThrowsAsync<RpcException>(async () => await _client.ImportFactChecksAsync(new ImportFactChecksRequest(), _policy));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(nothing));
        var malformed = await Assert.ThrowsAsync<RpcException>(async () => await _client.ImportFactChecksAsync(new ImportFactChecksRequest { ClaimReviewJson = "<html>" }, _policy));
        Assert.Equal(["claim_review_json"], malformed.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field)); // INVALID_FIELDS has them
    }

    [Fact]
    public void Create_publisherThatIsNoHost_isNamed()
    {
        using var services = TextClassifyHost.Create([], c =>
        {
            fixture.Configure(c);
            c.AddInMemoryCollection(new Dictionary<string, string?> { ["Claims:Publishers:0:Site"] = "not a host" });
        }).Services.CreateScope();
        var wrong = Assert.Throws<OptionsValidationException>(() => services.ServiceProvider.GetRequiredService<IOptions<Moderation.TextClassify.Host.Claims.ClaimOptions>>().Value);
        Assert.Contains("\"not a host\" is no host", wrong.Message, StringComparison.Ordinal);
    }

    private async Task<TextSignals> ClassifyAsync(string text) =>
        (await new TextClassifyService.TextClassifyServiceClient(_channel).ClassifyTextAsync(new ClassifyTextRequest { Text = text }, fixture.Credential)).Signals;
}
