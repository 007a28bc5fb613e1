using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>What a key turned out to be.</summary>
internal enum DropInKey
{
    /// <summary>Nobody's.</summary>
    Unknown,

    /// <summary>A tenant's, without the scope SUBMIT.</summary>
    OtherScope,

    /// <summary>Good for these endpoints.</summary>
    Good,
}

/// <summary>What the drop-in endpoints share: a place among those in flight, a bounded body, the key of a tenant, the answer as JSON.</summary>
internal sealed class DropInGate(IOptions<DropInOptions> options, AccessInterceptor access) : IDisposable
{
    /// <summary>Bytes of a body at most.</summary>
    public const int MaxBodyBytes = 4 * 1024 * 1024;

    private readonly SemaphoreSlim _places = new(options.Value.MaxInFlight);

    /// <summary>Runs an endpoint and answers what it returns, or the refusal that it throws.</summary>
    public async Task RunAsync(HttpContext http, Func<HttpContext, Task<JsonObject>> endpoint, Func<DropInRefusal> tooMany)
    {
        if (!_places.Wait(0))
        {
            var refusal = tooMany();
            http.Response.Headers.RetryAfter = "1";
            await WriteAsync(http, refusal.HttpStatus, refusal.Body);
            return;
        }
        try
        {
            await WriteAsync(http, StatusCodes.Status200OK, await endpoint(http));
        }
        catch (DropInRefusal refusal)
        {
            await WriteAsync(http, refusal.HttpStatus, refusal.Body);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Whether a key is a tenant's, and good for submitting texts.</summary>
    public async ValueTask<DropInKey> CheckAsync(string key)
    {
        var caller = key.All(c => c is > ' ' and < '\x7f') ? await access.AuthenticateAsync(new Metadata { { AccessInterceptor.ApiKeyHeader, key } }) : null;
        if (caller is null) return DropInKey.Unknown;
        return caller.Scopes.Contains(Scope.Submit) ? DropInKey.Good : DropInKey.OtherScope;
    }

    /// <summary>The body as JSON.</summary>
    /// <param name="http">The request.</param>
    /// <param name="refuse">Makes the refusal of a body that can't be read, from what is wrong with it.</param>
    public static async Task<JsonElement> ReadAsync(HttpContext http, Func<string, DropInRefusal> refuse)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return document.RootElement.Clone();
        }
        catch (JsonException malformed)
        {
            throw refuse($"line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1} is not JSON");
        }
        catch (BadHttpRequestException bad)
        {
            throw refuse(bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"the body exceeds {MaxBodyBytes} bytes" : "the body ended early or is not framed as HTTP has it");
        }
    }

    /// <summary>A string of a JSON element; null where it is none, or is no whole Unicode text.</summary>
    public static string? Text(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    /// <summary>Answers with JSON.</summary>
    public static Task WriteAsync(HttpContext http, int httpStatus, JsonObject body)
    {
        http.Response.StatusCode = httpStatus;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["x-request-id"] = http.TraceIdentifier;
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
