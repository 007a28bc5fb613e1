using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Hosting;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>
/// Stands before everything that is served over HTTP. Each port serves its own: gRPC no REST, metrics no API. On the REST port a request
/// is authorised and checked before the transcoder reads it, so that whatever is wrong is answered in the contract's form.
/// </summary>
internal sealed class RestGate(RequestDelegate next, WebApplication app, AccessInterceptor access, ExceptionInterceptor errors)
{
    /// <summary>Bytes of a JSON body at most: 16 inline media of 1 MiB in base64, and the text.</summary>
    public const int MaxBodyBytes = 24 * 1024 * 1024;

    private readonly Lazy<int?> _restPort = new(() => app.Endpoint(EndpointKind.Rest)?.Port);
    private readonly Lazy<int?> _metricsPort = new(() => app.Endpoint(EndpointKind.Metrics)?.Port);
    private readonly Lazy<IReadOnlyList<RestOperation>> _operations = new(() => RestEndpoints.Operations(app));

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Connection.LocalPort != _restPort.Value)
        {
            await OtherPortAsync(http);
            return;
        }

        try
        {
            await RestAsync(http);
        }
        catch (RestRefusal refusal)
        {
            await RestErrors.WriteAsync(http, refusal.Failure, refusal.HttpStatus);
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted && http.GetEndpoint()?.Metadata.GetMetadata<ForeignApi>() is null)
        {
            await RestErrors.WriteAsync(
                http,
                bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Wrong("body", $"must be at most {MaxBodyBytes} bytes") : Wrong("body", "ended early or is not framed as HTTP has it"),
                bad.StatusCode);
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            // What is no RPC (uploads, and this gate) does not pass the exception interceptor, so its translation is called here.
            var failure = errors.Translate(exception, http.Request.Path);
            await (http.GetEndpoint()?.Metadata.GetMetadata<ForeignApi>() is { } foreign ? foreign.WriteFailure(http, failure) : RestErrors.WriteAsync(http, failure));
        }
    }

    private async Task OtherPortAsync(HttpContext http)
    {
        var own = http.Connection.LocalPort == _metricsPort.Value
            ? http.Request.Path == "/metrics" || http.Request.Path == "/healthz"
            : http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) ?? false;
        if (own)
        {
            await next(http);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task RestAsync(HttpContext http)
    {
        var endpoint = http.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<RestPage>() is not null || endpoint?.Metadata.GetMetadata<ForeignApi>() is not null)
        {
            await next(http);
            return;
        }

        var path = http.Request.Path.Value ?? "";
        var operation = endpoint is null
            ? null
            : RestOperation.Of(endpoint.Metadata).FirstOrDefault(o => HttpMethods.Equals(o.Verb, http.Request.Method) && o.Matches(path));
        if (operation is null)
        {
            await NoEndpointAsync(http, path);
            return;
        }

        (await access.AuthoriseAsync(Credentials(http), operation.Rule)).AttachTo(http);
        if (operation.Upload is null)
        {
            CheckQuery(http, operation);
            if (operation.Body.Length > 0)
            {
                await CheckBodyAsync(http, operation);
            }
        }

        await next(http);
    }

    private Task NoEndpointAsync(HttpContext http, string path)
    {
        var verbs = _operations.Value.Where(o => o.Matches(path)).Select(o => o.Verb).Distinct().Order(StringComparer.Ordinal).ToList();
        if (verbs.Count == 0)
        {
            return RestErrors.WriteAsync(http, RpcErrors.Create(
                ErrorReason.PathNotFound, "There is nothing at this path: /openapi.json lists what there is.", [], ("path", JsonBodyCheck.Echo(path))));
        }

        var allowed = string.Join(", ", verbs);
        http.Response.Headers.Allow = allowed;
        return RestErrors.WriteAsync(
            http,
            RpcErrors.Create(ErrorReason.MethodNotAllowed, $"This path takes {allowed}.", [], ("method", JsonBodyCheck.Echo(http.Request.Method)), ("allowed", allowed)),
            StatusCodes.Status405MethodNotAllowed);
    }

    private static void CheckQuery(HttpContext http, RestOperation operation)
    {
        var violations = new FieldViolations();
        var possible = operation.QueryFields().ToDictionary(f => f.Path, f => f.Field, StringComparer.Ordinal);
        foreach (var (name, values) in http.Request.Query)
        {
            if (!possible.TryGetValue(name, out var field))
            {
                violations.Add(
                    JsonBodyCheck.Echo(name),
                    possible.Count == 0 ? "is no query parameter here: there are none" : $"is no query parameter here: there are {string.Join(", ", operation.QueryFields().Select(f => f.JsonPath).Distinct())}");
            }
            else if (values.Count > 1 && !field.IsRepeated)
            {
                violations.Add(field.Name, "is given twice");
            }
            else if (values.Any(v => !FieldText.IsQuery(field, v ?? "")))
            {
                violations.Add(field.Name, $"must be {FieldText.Expected(field)}");
            }
        }

        violations.ThrowIfAny();
    }

    private static async Task CheckBodyAsync(HttpContext http, RestOperation operation)
    {
        var isJson = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) && type.MediaType == "application/json";
        if (!isJson || !(type!.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new RestRefusal(Wrong("content-type", "must be application/json, in UTF-8"), StatusCodes.Status415UnsupportedMediaType);
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }

        var body = new MemoryStream((int)Math.Min(http.Request.ContentLength ?? 0, MaxBodyBytes));
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (operation.BodyType is { } message
            && JsonBodyCheck.Check(body.GetBuffer().AsSpan(0, (int)body.Length), message) is { Count: > 0 } wrong)
        {
            throw Invalid(wrong);
        }

        body.Position = 0;
        http.Request.Body = body;
    }

    /// <summary>The headers of a request that say who calls.</summary>
    private static Metadata Credentials(HttpContext http)
    {
        var headers = new Metadata();
        foreach (var name in new[] { AccessInterceptor.ApiKeyHeader, "authorization", AccessInterceptor.TenantHeader })
        {
            if (http.Request.Headers[name] is { Count: 1 } value)
            {
                headers.Add(name, value.ToString());
            }
        }

        return headers;
    }

    private static RpcException Wrong(string field, string description) => Invalid([new FieldViolation(field, description)]);

    private static RpcException Invalid(IReadOnlyList<FieldViolation> violations)
    {
        var all = new FieldViolations();
        foreach (var (field, description) in violations)
        {
            all.Add(field, description);
        }

        return all.ToException();
    }

    // An answer whose HTTP status says more than the one that its code maps to.
    private sealed class RestRefusal(RpcException failure, int httpStatus) : Exception
    {
        public RpcException Failure => failure;

        public int HttpStatus => httpStatus;
    }
}
