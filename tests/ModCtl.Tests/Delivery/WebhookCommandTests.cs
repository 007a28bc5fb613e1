using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Delivery;

public sealed class WebhookCommandTests : IAsyncLifetime
{
    private GrpcServer<FakeDelivery> _server = null!; // set by InitializeAsync

    public async ValueTask InitializeAsync() => _server = await GrpcServer<FakeDelivery>.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private Task<ModCtlProgram.Outcome> RunAsync(params string[] arguments)
        => ModCtlProgram.RunAsync(["webhook", .. arguments, "--address", _server.Address, "--token", "t"]);

    [Fact]
    public async Task Create_prints_key_id_and_secret_alone_on_standard_output()
    {
        var run = await RunAsync("create", "acme", "hook", "https://x.example/", "--type", "decided", "--type", "withdrawn", "--from-oldest");
        Assert.Equal((0, $"k_new whsec_new{Environment.NewLine}"), (run.Code, run.Output));
        var request = Assert.IsType<CreateWebhookRequest>(_server.Service.Last);
        Assert.Equal(("acme", "hook", "https://x.example/", true), (request.TenantId, request.WebhookId, request.Url, request.FromOldest));
        Assert.Equal(["decided", "withdrawn"], request.EventTypes);
    }

    [Theory]
    [InlineData("update --url https://y.example/", "url", "https://y.example/", WebhookState.Unspecified)]
    [InlineData("update --all-types", "event_types", "", WebhookState.Unspecified)]
    [InlineData("pause", "state", "", WebhookState.Paused)]
    [InlineData("resume", "state", "", WebhookState.Active)]
    public async Task Changes_send_the_etag_they_read_and_mask_what_they_change(string command, string mask, string url, WebhookState state)
    {
        var parts = command.Split(' ');
        var run = await RunAsync([parts[0], "acme", "hook", .. parts[1..]]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        var request = Assert.IsType<UpdateWebhookRequest>(_server.Service.Last);
        Assert.Equal((mask, "etag-1", url, state), (Assert.Single(request.UpdateMask.Paths), request.Etag, request.Webhook.Url, request.Webhook.State));
    }

    [Fact]
    public async Task Rotate_ends_the_previous_secret_when_told_to()
    {
        var run = await RunAsync("rotate", "acme", "hook", "--previous-lifetime", "0s");
        Assert.Equal((0, $"k_new whsec_new{Environment.NewLine}"), (run.Code, run.Output));
        Assert.Equal(new Duration(), Assert.IsType<RotateWebhookSecretRequest>(_server.Service.Last).PreviousLifetime);
    }

    [Fact]
    public async Task Test_exits_1_when_the_receiver_did_not_take_the_event()
    {
        _server.Service.Delivered = false;
        var run = await RunAsync("test", "acme", "hook");
        Assert.Equal(1, run.Code);
        Assert.Contains("not delivered (UNAVAILABLE, HTTP 503", run.Error);
        _server.Service.Delivered = true;
        Assert.Equal(0, (await RunAsync("test", "acme", "hook")).Code);
    }

    [Fact]
    public async Task Redrive_of_all_goes_on_until_nothing_is_left_and_tells_what_is_missing()
    {
        _server.Service.Dead = 2500;
        Assert.Contains("2500 events are delivered again.", (await RunAsync("redrive", "acme", "hook")).Output);
        var run = await RunAsync("redrive", "acme", "hook", "1-1");
        Assert.Contains("There is no dead letter 1-1", run.Error);
        Assert.Contains("0 events", run.Output);
    }

    [Fact]
    public async Task Status_list_dead_and_delete_print_what_the_service_says()
    {
        Assert.Contains("\"waitingCount\": \"7\"", (await RunAsync("status", "acme", "dapr")).Output);
        Assert.Contains("DISABLED (GONE)", (await RunAsync("list", "acme")).Output);
        Assert.Contains("\"deadLetterId\": \"5-0\"", (await RunAsync("dead", "acme", "hook")).Output);
        Assert.Contains("is removed", (await RunAsync("delete", "acme", "hook")).Output);
    }

    [Fact]
    public async Task Webhook_that_is_not_there_is_said_before_anything_is_sent()
    {
        var run = await RunAsync("pause", "acme", "absent");
        Assert.Equal(2, run.Code);
        Assert.Contains("acme has no webhook absent", run.Error);
    }

    [Theory]
    [InlineData("update acme hook")]
    [InlineData("update acme hook --type decided --all-types")]
    [InlineData("rotate acme hook --previous-lifetime 8d")]
    public async Task Wrong_command_line_exits_2(string line) => Assert.Equal(2, (await RunAsync(line.Split(' '))).Code);

    private sealed class FakeDelivery : DeliveryService.DeliveryServiceBase
    {
        private static readonly Webhook Hook = new()
        {
            TenantId = "acme",
            WebhookId = "hook",
            Etag = "etag-1",
            KeyIds = { "k_new" },
            State = WebhookState.Disabled,
            DisableCause = WebhookDisableCause.Gone,
        };

        public object? Last { get; private set; }

        public bool Delivered { get; set; }

        public int Dead { get; set; }

        public override Task<CreateWebhookResponse> CreateWebhook(CreateWebhookRequest request, ServerCallContext context)
            => Answer(request, new CreateWebhookResponse { Webhook = Hook, Secret = "whsec_new" });

        public override Task<UpdateWebhookResponse> UpdateWebhook(UpdateWebhookRequest request, ServerCallContext context)
            => Answer(request, new UpdateWebhookResponse { Webhook = Hook });

        public override Task<DeleteWebhookResponse> DeleteWebhook(DeleteWebhookRequest request, ServerCallContext context)
            => Answer(request, new DeleteWebhookResponse());

        // The one that is looked for lies on the second page.
        public override Task<ListWebhooksResponse> ListWebhooks(ListWebhooksRequest request, ServerCallContext context)
            => Answer(request, request.PageToken.Length == 0 ? new ListWebhooksResponse { NextPageToken = "more" } : new ListWebhooksResponse { Webhooks = { Hook } });

        public override Task<RotateWebhookSecretResponse> RotateWebhookSecret(RotateWebhookSecretRequest request, ServerCallContext context)
            => Answer(request, new RotateWebhookSecretResponse { Webhook = Hook, Secret = "whsec_new" });

        public override Task<TestWebhookResponse> TestWebhook(TestWebhookRequest request, ServerCallContext context)
            => Answer(request, new TestWebhookResponse
            {
                Delivered = Delivered,
                HttpStatus = Delivered ? 204 : 503,
                Failure = Delivered ? DeliveryFailure.Unspecified : DeliveryFailure.Unavailable,
                Duration = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(12)),
            });

        public override Task<ListDeadLettersResponse> ListDeadLetters(ListDeadLettersRequest request, ServerCallContext context)
            => Answer(request, new ListDeadLettersResponse { DeadLetters = { new DeadLetter { DeadLetterId = "5-0" } } });

        public override Task<RedriveDeadLettersResponse> RedriveDeadLetters(RedriveDeadLettersRequest request, ServerCallContext context)
        {
            var taken = request.DeadLetterIds.Count > 0 ? 0 : Math.Min(Dead, 1000);
            Dead -= taken;
            return Answer(request, new RedriveDeadLettersResponse { RedrivenCount = taken, MissingIds = { request.DeadLetterIds } });
        }

        public override Task<GetDeliveryStatusResponse> GetDeliveryStatus(GetDeliveryStatusRequest request, ServerCallContext context)
            => Answer(request, new GetDeliveryStatusResponse { WaitingCount = 7 });

        private Task<T> Answer<T>(object request, T answer)
        {
            Last = request;
            return Task.FromResult(answer);
        }
    }
}
