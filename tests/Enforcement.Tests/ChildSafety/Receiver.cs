using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Moderation.Enforcement.Tests.ChildSafety;

/// <summary>An authority's receiver over HTTP, which answers what it is told to.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<int> _answers = new();
    private WebApplication? _app;

    /// <summary>What came: the id, the credential and the body.</summary>
    public ConcurrentQueue<(string Id, string Authorization, JsonDocument Body)> Reports { get; } = new();

    /// <summary>The status of the next answers; 200 when there are no more.</summary>
    public void Answer(params int[] statuses) => Array.ForEach(statuses, _answers.Enqueue);

    public async Task StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.MapPost("/reports", async (HttpRequest request) =>
        {
            Reports.Enqueue((request.Headers["Idempotency-Key"].ToString(), request.Headers.Authorization.ToString(), await JsonDocument.ParseAsync(request.Body)));
            return _answers.TryDequeue(out var status) ? Results.StatusCode(status) : Results.Ok();
        });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
