using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Tests.Delivery;

/// <summary>One delivery as it came.</summary>
internal sealed record Received(string Id, string Timestamp, string KeyIds, string Signatures, byte[] Body)
{
    public WatchDecisionsResponse Event => JsonParser.Default.Parse<WatchDecisionsResponse>(System.Text.Encoding.UTF8.GetString(Body));
}

/// <summary>A real HTTP server on loopback that behaves as it is told, delivery by delivery.</summary>
internal sealed class FlakyReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();
    private readonly Channel<Received> _arrived = Channel.CreateUnbounded<Received>();

    private FlakyReceiver(WebApplication app) => _app = app;

    /// <summary>What happens when the script is over: 204 unless set.</summary>
    public Func<HttpContext, Received, Task> Otherwise { get; set; } = (context, _) => Answer(204)(context);

    /// <summary>All deliveries, in order of arrival.</summary>
    public ConcurrentQueue<Received> All { get; } = new();

    public string Url => _app.Urls.Single() + "/moderation";

    public static async Task<FlakyReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new FlakyReceiver(app);
        app.MapPost("/moderation", receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Answers with a status.</summary>
    public static Func<HttpContext, Task> Answer(int status, string? retryAfter = null) => context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return Task.CompletedTask;
    };

    /// <summary>Resets the connection.</summary>
    public static Task Reset(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Says nothing until the sender has hung up.</summary>
    public static async Task Hang(HttpContext context)
    {
        var hungUp = new TaskCompletionSource();
        await using var _ = context.RequestAborted.Register(() => hungUp.TrySetResult());
        await hungUp.Task;
    }

    /// <summary>What the next deliveries meet, each in turn.</summary>
    public void Script(params Func<HttpContext, Task>[] behaviours) => Array.ForEach(behaviours, _script.Enqueue);

    /// <summary>The next delivery to arrive.</summary>
    public async Task<Received> NextAsync(CancellationToken cancellationToken) => await _arrived.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers;
        var received = new Received(
            headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-key-id"].ToString(), headers["webhook-signature"].ToString(),
            body.ToArray());
        All.Enqueue(received);
        await _arrived.Writer.WriteAsync(received);
        await (_script.TryDequeue(out var next) ? next(context) : Otherwise(context, received));
    }
}
