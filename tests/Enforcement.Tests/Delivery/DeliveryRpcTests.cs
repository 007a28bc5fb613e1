using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Client;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Hosting;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

/// <summary>The whole service with its hosted parts, on the real clock: what it does, it does without being driven.</summary>
public sealed class DeliveryRpcTests(DeliveryFixture fixture) : IClassFixture<DeliveryFixture>, IAsyncLifetime
{
    private WebApplication _app = null!; // set by InitializeAsync, as are the two below
    private GrpcChannel _channel = null!;
    private DeliveryService.DeliveryServiceClient _client = null!;
    private FlakyReceiver _receiver = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await FlakyReceiver.StartAsync();
        _app = fixture.NewReplica(TimeProvider.System, ("Delivery:Retry:First", "00:00:00.1"));
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Endpoint(EndpointKind.Grpc)!); // it serves gRPC
        _client = new DeliveryService.DeliveryServiceClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private Metadata AsPerson()
        => new() { { "authorization", "Bearer " + _app.Services.GetRequiredService<PeopleTokens>().Issue(Person.Of("admin@test", [Role.Admin], [Person.AllTenants]), TimeSpan.FromHours(1)) } };

    private Metadata AsService()
        => new() { { "authorization", "Bearer " + _app.Services.GetRequiredService<ServiceTokens>().Issue("test", ServiceTokens.Lifetime) } };

    private Task<CreateWebhookResponse> CreateAsync(string tenant, string id, string? url = null)
        => _client.CreateWebhookAsync(new CreateWebhookRequest { TenantId = tenant, WebhookId = id, Url = url ?? _receiver.Url }, AsPerson()).ResponseAsync;

    private Task<Decision> DecideAsync(string tenant, string post, string account = "author") => DecideAsync(_channel, AsService(), tenant, post, account);

    internal static async Task<Decision> DecideAsync(GrpcChannel channel, Metadata headers, string tenant, string post, string account)
    {
        var answer = await new EnforcementService.EnforcementServiceClient(channel).DecidePostAsync(
            new DecidePostRequest
            {
                TenantId = tenant,
                Cause = "submit",
                Facts = new Contracts.V1.PostFacts { PostId = post, AccountId = account, Revision = 1, IntakeTime = Timestamp.FromDateTime(DateTime.UtcNow) },
                Text = new TextSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
                Media = new MediaSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
            },
            headers);
        return answer.Decision;
    }

    private static async Task FailsAsync(ErrorReason reason, Func<Task> call)
        => Assert.Equal(reason, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call)));

    [Fact]
    public async Task Each_change_of_a_webhook_stands_in_the_audit_with_who_asked_for_it()
    {
        var tenant = fixture.NewTenant();
        var made = (await CreateAsync(tenant, "hook")).Webhook;
        await FailsAsync(ErrorReason.WebhookExists, () => CreateAsync(tenant, "hook"));
        var paused = (await _client.UpdateWebhookAsync(
            new UpdateWebhookRequest
            {
                TenantId = tenant,
                WebhookId = "hook",
                Etag = made.Etag,
                Webhook = new Webhook { State = WebhookState.Paused },
                UpdateMask = new FieldMask { Paths = { "state" } },
            },
            AsPerson())).Webhook;
        var rotated = (await _client.RotateWebhookSecretAsync(
            new RotateWebhookSecretRequest { TenantId = tenant, WebhookId = "hook", Etag = paused.Etag }, AsPerson())).Webhook;
        await _client.DeleteWebhookAsync(new DeleteWebhookRequest { TenantId = tenant, WebhookId = "hook" }, AsPerson());

        var entries = (await fixture.Database.StreamRangeAsync(KeySpace.AdminAudit))
            .Select(e => AdminAuditEntry.Parser.ParseFrom((byte[])e["a"]!)).Where(e => e.TenantId == tenant).ToList();
        Assert.Equal(["webhook.create", "webhook.update", "webhook.rotate", "webhook.delete"], entries.Select(e => e.Action));
        Assert.All(entries, e => Assert.Equal(("admin@test", "webhook/hook"), (e.Actor, e.Object)));
        Assert.Equal([0, 32, 32, 32], entries.Select(e => e.BeforeHash.Length));
        Assert.Equal([32, 32, 32, 0], entries.Select(e => e.AfterHash.Length));
        Assert.Equal(SHA256.HashData(rotated.ToByteArray()), entries[3].BeforeHash);
    }

    [Fact]
    public async Task Decisions_reach_the_webhook_of_their_tenant_signed_and_in_order()
    {
        var tenant = fixture.NewTenant();
        var made = await CreateAsync(tenant, "hook");
        var verifier = new WebhookVerifier(new Dictionary<string, string> { [made.Webhook.KeyIds.Single()] = made.Secret });
        var decided = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            decided.Add("decided:" + (await DecideAsync(tenant, $"p{i}")).DecisionId);
        }

        await DecideAsync(fixture.NewTenant(), "of-another");
        var received = new List<Received>();
        while (received.Count < 5)
        {
            received.Add(await _receiver.NextAsync(Cancelled));
        }

        Assert.Equal(decided, received.Select(r => r.Id));
        Assert.All(received, r => Assert.Equal(WebhookFault.None, verifier.Verify(r.Id, r.Timestamp, r.KeyIds, r.Signatures, r.Body)));
    }

    [Fact]
    public async Task Slow_receiver_of_one_tenant_delays_no_other()
    {
        var (slow, quick) = (fixture.NewTenant(), fixture.NewTenant());
        await using var stuck = await FlakyReceiver.StartAsync();
        stuck.Otherwise = (context, _) => FlakyReceiver.Hang(context);
        await CreateAsync(slow, "hook", stuck.Url);
        await CreateAsync(quick, "hook");
        for (var i = 0; i < 20; i++)
        {
            await DecideAsync(slow, $"p{i}", $"author-{i}");
        }

        await stuck.NextAsync(Cancelled); // it is stuck now
        var decision = await DecideAsync(quick, "p");
        Assert.Equal("decided:" + decision.DecisionId, (await _receiver.NextAsync(Cancelled)).Id);
        Assert.InRange(stuck.All.Count, 1, DeliveryEndpoint.Lanes); // never more at once than it has lanes
    }

    [Fact]
    public async Task Rotation_signs_by_two_secrets_and_repeating_the_call_makes_no_third()
    {
        var tenant = fixture.NewTenant();
        var made = await CreateAsync(tenant, "hook");
        var rotate = new RotateWebhookSecretRequest { TenantId = tenant, WebhookId = "hook", Etag = made.Webhook.Etag };
        var rotated = await _client.RotateWebhookSecretAsync(rotate, AsPerson());
        await FailsAsync(ErrorReason.WebhookChanged, () => _client.RotateWebhookSecretAsync(rotate, AsPerson()).ResponseAsync);

        Assert.Equal([rotated.Webhook.KeyIds[0], made.Webhook.KeyIds[0]], rotated.Webhook.KeyIds);
        Assert.NotNull(rotated.Webhook.PreviousSecretEndTime);
        Assert.True((await _client.TestWebhookAsync(new TestWebhookRequest { TenantId = tenant, WebhookId = "hook" }, AsPerson())).Delivered);
        var received = await _receiver.NextAsync(Cancelled);
        Assert.True(Takes(made.Webhook.KeyIds[0], made.Secret, received));
        Assert.True(Takes(rotated.Webhook.KeyIds[0], rotated.Secret, received));

        // The answer of the rotation was lost: again replaces the newer, and the receiver's old one still works.
        var again = await _client.RotateWebhookSecretAsync(
            new RotateWebhookSecretRequest { TenantId = tenant, WebhookId = "hook", Etag = rotated.Webhook.Etag }, AsPerson());
        Assert.Equal([again.Webhook.KeyIds[0], made.Webhook.KeyIds[0]], again.Webhook.KeyIds);

        var ended = await _client.RotateWebhookSecretAsync(
            new RotateWebhookSecretRequest { TenantId = tenant, WebhookId = "hook", Etag = again.Webhook.Etag, PreviousLifetime = new Duration() }, AsPerson());
        await _client.TestWebhookAsync(new TestWebhookRequest { TenantId = tenant, WebhookId = "hook" }, AsPerson());
        received = await _receiver.NextAsync(Cancelled);
        Assert.False(Takes(made.Webhook.KeyIds[0], made.Secret, received));
        Assert.True(Takes(Assert.Single(ended.Webhook.KeyIds), ended.Secret, received));
    }

    private static bool Takes(string keyId, string secret, Received received)
        => new WebhookVerifier(new Dictionary<string, string> { [keyId] = secret })
            .Verify(received.Id, received.Timestamp, received.KeyIds, received.Signatures, received.Body) == WebhookFault.None;

    [Fact]
    public async Task Update_takes_the_masked_fields_alone_and_an_old_etag_is_refused()
    {
        var tenant = fixture.NewTenant();
        var made = (await CreateAsync(tenant, "hook")).Webhook;
        var request = new UpdateWebhookRequest
        {
            TenantId = tenant,
            WebhookId = "hook",
            Webhook = new Webhook { Url = "ignored", EventTypes = { "withdrawn" }, State = WebhookState.Paused },
            UpdateMask = new FieldMask { Paths = { "state", "event_types" } },
            Etag = made.Etag,
        };
        var paused = (await _client.UpdateWebhookAsync(request, AsPerson())).Webhook;
        Assert.Equal((WebhookState.Paused, made.Url, "withdrawn"), (paused.State, paused.Url, paused.EventTypes.Single()));
        Assert.NotEqual(made.Etag, paused.Etag);
        await FailsAsync(ErrorReason.WebhookChanged, () => _client.UpdateWebhookAsync(request, AsPerson()).ResponseAsync);

        var status = await _client.GetDeliveryStatusAsync(new GetDeliveryStatusRequest { TenantId = tenant, WebhookId = "hook" }, AsPerson());
        Assert.Equal(WebhookState.Paused, status.State);
    }

    [Fact]
    public async Task Webhooks_are_listed_by_page_without_secrets_and_deleted_with_all_that_belongs_to_them()
    {
        var tenant = fixture.NewTenant();
        foreach (var id in new[] { "c", "a", "b" })
        {
            await CreateAsync(tenant, id);
        }

        await FailsAsync(ErrorReason.WebhookExists, () => CreateAsync(tenant, "a"));
        var page = await _client.ListWebhooksAsync(new ListWebhooksRequest { TenantId = tenant, PageSize = 2 }, AsPerson());
        Assert.Equal(["a", "b"], page.Webhooks.Select(w => w.WebhookId));
        var rest = await _client.ListWebhooksAsync(new ListWebhooksRequest { TenantId = tenant, PageSize = 2, PageToken = page.NextPageToken }, AsPerson());
        Assert.Equal("c", Assert.Single(rest.Webhooks).WebhookId);
        Assert.Empty(rest.NextPageToken);
        Assert.DoesNotContain("whsec_", page.ToString());

        var delete = new DeleteWebhookRequest { TenantId = tenant, WebhookId = "a" };
        await _client.DeleteWebhookAsync(delete, AsPerson());
        await FailsAsync(ErrorReason.WebhookNotFound, () => _client.DeleteWebhookAsync(delete, AsPerson()).ResponseAsync);
        Assert.False(await fixture.Database.KeyExistsAsync(ServiceDefaults.Redis.KeySpace.DeliveryCursor(tenant, "a")));
    }

    [Fact]
    public async Task Secret_is_stored_encrypted()
    {
        var tenant = fixture.NewTenant();
        var made = await CreateAsync(tenant, "hook");
        var stored = (byte[])(await fixture.Database.HashGetAsync(ServiceDefaults.Redis.KeySpace.Webhooks(tenant), "hook"))!;
        var secret = Convert.FromBase64String(made.Secret["whsec_".Length..]);
        Assert.True(stored.AsSpan().IndexOf(secret) < 0);
        Assert.True(stored.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(made.Secret["whsec_".Length..])) < 0);
    }

    [Fact]
    public async Task Dead_letters_are_listed_and_redriven()
    {
        var tenant = fixture.NewTenant();
        await using var receiver = await FlakyReceiver.StartAsync();
        receiver.Otherwise = (context, _) => FlakyReceiver.Answer(422)(context);
        await using var impatient = fixture.NewReplica(
            TimeProvider.System, ("Delivery:Retry:First", "00:00:00.1"), ("Delivery:Retry:Longest", "00:00:00.1"), ("Delivery:Retry:Total", "00:00:00.1"));
        await _app.StopAsync(Cancelled); // its schedule is the long one
        await impatient.StartAsync(Cancelled);
        using var channel = GrpcChannel.ForAddress(impatient.Endpoint(EndpointKind.Grpc)!);
        var client = new DeliveryService.DeliveryServiceClient(channel);
        await client.CreateWebhookAsync(new CreateWebhookRequest { TenantId = tenant, WebhookId = "hook", Url = receiver.Url }, AsPerson());
        var decision = await DecideAsync(channel, AsService(), tenant, "p", "author");
        var (first, second) = (await receiver.NextAsync(Cancelled), await receiver.NextAsync(Cancelled));
        Assert.Equal(first.Id, second.Id);

        var list = new ListDeadLettersRequest { TenantId = tenant, WebhookId = "hook" };
        var page = new ListDeadLettersResponse();
        while (page.DeadLetters.Count == 0)
        {
            page = await client.ListDeadLettersAsync(list, AsPerson()); // the answer to the second is being written down
        }

        var letter = Assert.Single(page.DeadLetters);
        Assert.Equal(("decided:" + decision.DecisionId, 2, DeliveryFailure.Refused), (letter.EventId, letter.Attempts, letter.Failure));

        receiver.Otherwise = (context, _) => FlakyReceiver.Answer(204)(context);
        var redriven = await client.RedriveDeadLettersAsync(
            new RedriveDeadLettersRequest { TenantId = tenant, WebhookId = "hook", DeadLetterIds = { letter.DeadLetterId, "1-1" } }, AsPerson());
        Assert.Equal((1, "1-1"), (redriven.RedrivenCount, redriven.MissingIds.Single()));
        Assert.Equal(letter.EventId, (await receiver.NextAsync(Cancelled)).Id);
        Assert.Empty((await client.ListDeadLettersAsync(list, AsPerson())).DeadLetters);
        await impatient.StopAsync(Cancelled);
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_webhook_is_told_at_once()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => _client.CreateWebhookAsync(
            new CreateWebhookRequest { TenantId = "A B", WebhookId = "dapr", Url = "https://10.0.0.1/", EventTypes = { "decided", "nonsense" } }, AsPerson()).ResponseAsync);
        Assert.Equal(["event_types", "tenant_id", "url", "webhook_id"], ModerationErrors.ViolationsOf(failure).Select(v => v.Field).Order());
    }

    [Fact]
    public async Task Tenants_key_is_no_credential_for_webhooks()
        => await FailsAsync(ErrorReason.AccessDenied, () => _client.ListWebhooksAsync(new ListWebhooksRequest { TenantId = "t" }, AsService()).ResponseAsync);

    [Fact]
    public async Task Installation_without_delivery_says_so()
    {
        await using var without = fixture.NewReplica(TimeProvider.System, ("Delivery:Webhooks:Enabled", "false"), ("Delivery:KeyFile", ""));
        await without.StartAsync(Cancelled);
        using var channel = GrpcChannel.ForAddress(without.Endpoint(EndpointKind.Grpc)!);
        var client = new DeliveryService.DeliveryServiceClient(channel);
        await FailsAsync(ErrorReason.DeliveryOff, () => client.ListWebhooksAsync(new ListWebhooksRequest { TenantId = "t" }, AsPerson()).ResponseAsync);
        await FailsAsync(ErrorReason.DeliveryOff, () => client.GetDeliveryStatusAsync(new GetDeliveryStatusRequest { TenantId = "t", WebhookId = "dapr" }, AsPerson()).ResponseAsync);
        await without.StopAsync(Cancelled);
    }

    [Theory]
    [InlineData("Delivery:KeyFile", "", "Delivery:KeyFile is not set")]
    [InlineData("Delivery:KeyFile", "/nowhere", "there is no file /nowhere")]
    [InlineData("Delivery:Webhooks:RequestTimeout", "00:01:00", "Delivery:Webhooks:RequestTimeout is 00:01:00")]
    [InlineData("Delivery:Webhooks:AllowedNetworks:0", "10.0.0.0/99", "AllowedNetworks has 10.0.0.0/99")]
    [InlineData("Delivery:Webhooks:DisableAfter", "01:00:00", "Delivery:Webhooks:DisableAfter is 01:00:00")]
    [InlineData("Delivery:Retry:Factor", "0.5", "Delivery:Retry:Factor is 0.5")]
    [InlineData("Delivery:Dapr:Enabled", "true", "PubSub ('') and Topic ('') must be set")]
    public async Task Wrong_setting_ends_the_start_with_its_key_and_value(string key, string value, string message)
    {
        await using var wrong = fixture.NewReplica(TimeProvider.System, (key, value));
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => wrong.StartAsync(Cancelled));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }
}
