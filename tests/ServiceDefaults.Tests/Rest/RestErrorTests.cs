using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Moderation.ServiceDefaults.Hosting;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Rest;

public sealed class RestErrorTests(IngestFixture ingest)
{
    [Theory]
    [InlineData("""{"post":""", "body")]
    [InlineData("", "body")]
    [InlineData("null", "body")]
    [InlineData("[]", "body")]
    [InlineData("{} {}", "body")]
    [InlineData("""{"post":{"audience":"PUBLIC"}}""", "post.audience")]
    [InlineData("""{"post":{"audience":77}}""", "post.audience")]
    [InlineData("""{"post":{"postID":"a"}}""", "post.postID")]
    [InlineData("""{"post":{"postId":1}}""", "post.post_id")]
    [InlineData("""{"post":{"postId":"a","post_id":"b"}}""", "post.post_id")]
    [InlineData("""{"post":{"revision":"x"}}""", "post.revision")]
    [InlineData("""{"post":{"revision":1.5}}""", "post.revision")]
    [InlineData("""{"post":{"revision":"9223372036854775808"}}""", "post.revision")]
    [InlineData("""{"post":{"text":"\ud800"}}""", "post.text")]
    [InlineData("""{"post":{"media":{}}}""", "post.media")]
    [InlineData("""{"post":{"media":[null]}}""", "post.media[0]")]
    [InlineData("""{"post":{"media":[{"inlineContent":"@@"}]}}""", "post.media[0].inline_content")]
    [InlineData("""{"post":{"media":[{},{"inlineContent":"","mediaId":"x"}]}}""", "post.media[1].media_id")]
    [InlineData("""{"post":{"postTime":"yesterday"}}""", "post.post_time")]
    [InlineData("""{"wait":"2"}""", "wait")]
    [InlineData("""{"wait":{"seconds":2}}""", "wait")]
    [InlineData("""{"post":7}""", "post")]
    public async Task Body_that_is_not_the_message_names_its_field(string body, string field)
    {
        var (response, error) = await PostAsync(new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertError(error, 3, "INVALID_FIELDS");
        Assert.Contains(field, Violations(error).Select(v => v.Field));
    }

    [Fact]
    public async Task Body_with_many_errors_names_all_at_once()
    {
        var (_, error) = await PostAsync(new StringContent(
            """{"x":1,"post":{"audience":"X","revision":"r","media":[{"inlineContent":"@"}]}}""", Encoding.UTF8, "application/json"));
        Assert.Equal(["x", "post.audience", "post.revision", "post.media[0].inline_content"], Violations(error).Select(v => v.Field));
        Assert.Contains(Violations(error), v => v.Description == "must be one of AUDIENCE_PUBLIC, AUDIENCE_PRIVATE");
    }

    [Fact]
    public async Task Body_of_invalid_utf8_names_the_offset()
    {
        var content = new ByteArrayContent([.. "{\"post\":{\"text\":\""u8, 0xff, 0xfe, .. "\"}}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var (response, error) = await PostAsync(content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertError(error, 3, "INVALID_FIELDS");
        Assert.Equal("must be UTF-8: the byte at offset 17 begins no character", Assert.Single(Violations(error)).Description);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("application/json; charset=no-such")]
    [InlineData("application/grpc")]
    [InlineData(null)]
    public async Task Content_type_other_than_json_in_utf8_is_415(string? type)
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        var (response, error) = await PostAsync(content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        AssertError(error, 3, "INVALID_FIELDS");
        Assert.Equal("content-type", Assert.Single(Violations(error)).Field);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_larger_than_24_MiB_is_413(bool chunked)
    {
        using var stream = new MemoryStream(new byte[(24 * 1024 * 1024) + 1]);
        var content = new StreamContent(stream);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = Request(HttpMethod.Post, "/v1/posts");
        request.Content = content;
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true; // lets the client read an answer that comes before it has sent all
        var (response, error) = await SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        AssertError(error, 3, "INVALID_FIELDS");
        Assert.Equal("must be at most 25165824 bytes", Assert.Single(Violations(error)).Description);
    }

    [Theory]
    [InlineData("/v1/nope")]
    [InlineData("/nope")]
    [InlineData("/moderation.ingest.v1.IngestService/SubmitPost")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    public async Task Path_that_is_not_there_is_404(string path)
    {
        var (response, error) = await SendAsync(Request(HttpMethod.Get, path));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        AssertError(error, 5, "PATH_NOT_FOUND");
    }

    [Theory]
    [InlineData("DELETE", "/v1/posts", "POST")]
    [InlineData("PUT", "/v1/posts/p1", "GET")]
    [InlineData("GET", "/v1/media", "POST")]
    [InlineData("POST", "/v1/decisions:watch", "GET")]
    public async Task Method_that_the_path_does_not_take_is_405_and_names_those_it_takes(string method, string path, string allowed)
    {
        var (response, error) = await SendAsync(Request(new HttpMethod(method), path));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        AssertError(error, 12, "METHOD_NOT_ALLOWED");
        Assert.Equal([allowed], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/v1/posts/p1?verbose=1", "verbose")]
    [InlineData("/v1/decisions:watch?cursor=a&cursor=b", "cursor")]
    [InlineData("/v1/decisions:watch?cursor=zzz", "cursor")]
    [InlineData("/v1/posts/a%20b", "post_id")]
    [InlineData("/v1/posts/%ff", "post_id")]
    public async Task Query_and_path_that_are_wrong_name_their_field(string path, string field)
    {
        var (response, error) = await SendAsync(Request(HttpMethod.Get, path));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertError(error, 3, "INVALID_FIELDS");
        Assert.Equal(field, Assert.Single(Violations(error)).Field);
    }

    [Theory]
    [InlineData("GET", "/v1/posts/p1")]
    [InlineData("POST", "/v1/posts")]
    [InlineData("POST", "/v1/media")]
    public async Task Call_without_a_good_key_is_401_before_its_body_is_looked_at(string method, string path)
    {
        using var none = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("x") };
        var (response, error) = await SendAsync(none);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        AssertError(error, 16, "UNAUTHENTICATED");

        using var wrong = new HttpRequestMessage(new HttpMethod(method), path);
        wrong.Headers.Add("x-api-key", ingest.ApiKey[..^1] + "x");
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(wrong)).Response.StatusCode);
    }

    [Fact]
    public async Task Call_of_a_person_where_a_tenant_is_asked_is_403()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/decisions:watch");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ingest.PersonToken);
        var (response, error) = await SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        AssertError(error, 7, "ACCESS_DENIED");
    }

    [Fact]
    public async Task Rpc_errors_keep_their_details_and_their_mapped_status()
    {
        var (unknown, notFound) = await SendAsync(Request(HttpMethod.Get, "/v1/posts/rest-unknown"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        AssertError(notFound, 5, "POST_NOT_FOUND");
        Assert.Equal("rest-unknown", Info(notFound).GetProperty("metadata").GetProperty("post_id").GetString());

        var (first, _) = await PostAsync(Post("rest-1", "one"));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var (conflict, error) = await PostAsync(Post("rest-1", "two"));
        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        AssertError(error, 6, "REVISION_CONFLICT");

        var (refused, reason) = await PostAsync(new StringContent("""{"post":{"postId":"p","accountId":"a","text":"x"}}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        AssertError(reason, 3, "PRIVATE_CONTENT_NOT_ACCEPTED");
        Assert.Equal("AUDIENCE_UNSPECIFIED", Info(reason).GetProperty("metadata").GetProperty("audience").GetString());
    }

    [Fact]
    public async Task Service_behind_that_is_absent_is_503_and_says_nothing_of_the_transport()
    {
        await PostAsync(Post("rest-2", "one"));
        using var withdraw = Request(HttpMethod.Post, "/v1/posts/rest-2:withdraw");
        withdraw.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        var (response, error) = await SendAsync(withdraw);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        AssertError(error, 14, "DEPENDENCY_UNAVAILABLE");
        Assert.DoesNotContain("subchannel", error.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"post":{"post_id":"rest-3","account_id":"a","audience":"AUDIENCE_PUBLIC","text":"x","revision":"1"},"wait":"0s"}""")]
    [InlineData("""{"post":{"postId":"rest-3","accountId":"a","audience":1,"text":"x","revision":1,"media":[],"postTime":null},"wait":"0.000s"}""")]
    [InlineData("""{"post":{"postId":"rest\u002d3","accountId":"a","audience":"AUDIENCE_PUBLIC","text":"\u0078"},"requestId":null,"wait":"0s"}""")]
    public async Task Body_in_each_form_that_proto_json_allows_is_taken(string body)
    {
        var (response, answer) = await PostAsync(new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.True(response.IsSuccessStatusCode, answer.GetRawText());
        Assert.Equal("1", answer.GetProperty("revision").GetString()); // 64 bits are a string
    }

    [Fact]
    public async Task Upload_that_is_not_multipart_names_the_part()
    {
        using var request = Request(HttpMethod.Post, "/v1/media");
        request.Content = new StringContent("x");
        var (response, error) = await SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertError(error, 3, "INVALID_FIELDS");
        Assert.Equal("file", Assert.Single(Violations(error)).Field);
    }

    [Theory]
    [InlineData(EndpointKind.Grpc, "/openapi.json")]
    [InlineData(EndpointKind.Grpc, "/v1/posts/p1")]
    [InlineData(EndpointKind.Metrics, "/docs")]
    [InlineData(EndpointKind.Metrics, "/v1/posts/p1")]
    public async Task Ports_of_grpc_and_metrics_serve_no_rest(EndpointKind kind, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ingest.Address(kind), path))
        {
            Version = kind == EndpointKind.Grpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("x-api-key", ingest.ApiKey);
        using var response = await ingest.Rest.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    public async Task Port_of_metrics_serves_metrics_and_health(string path)
    {
        using var response = await ingest.Rest.GetAsync(new Uri(ingest.Address(EndpointKind.Metrics), path));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Stop_with_an_open_watch_ends_it()
    {
        var app = ingest.Create();
        await using (app)
        {
            await app.StartAsync();
            using var request = Request(HttpMethod.Get, new Uri(app.Endpoint(EndpointKind.Rest)!, "/v1/decisions:watch").ToString());
            using var response = await ingest.Rest.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(15)); // the host would give it 25
            Assert.Contains("DEPENDENCY_UNAVAILABLE", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static StringContent Post(string id, string text) => new(
        $$"""{"post":{"postId":"{{id}}","accountId":"a","audience":"AUDIENCE_PUBLIC","text":"{{text}}"},"wait":"0s"}""", Encoding.UTF8, "application/json");

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("x-api-key", ingest.ApiKey);
        return request;
    }

    private async Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(HttpContent content)
    {
        using var request = Request(HttpMethod.Post, "/v1/posts");
        request.Content = content;
        return await SendAsync(request);
    }

    private async Task<(HttpResponseMessage Response, JsonElement Body)> SendAsync(HttpRequestMessage request)
    {
        var response = await ingest.Rest.SendAsync(request);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return (response, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    private static void AssertError(JsonElement error, int code, string reason)
    {
        Assert.Equal(code, error.GetProperty("code").GetInt32());
        Assert.NotEqual("", error.GetProperty("message").GetString());
        Assert.Equal("moderation", Info(error).GetProperty("domain").GetString());
        Assert.Equal(reason, Info(error).GetProperty("reason").GetString());
        Assert.DoesNotContain("Exception", error.GetRawText(), StringComparison.Ordinal);
    }

    private static JsonElement Info(JsonElement error) => Assert.Single(Details(error, "ErrorInfo"));

    private static List<(string Field, string Description)> Violations(JsonElement error)
        => [.. Assert.Single(Details(error, "BadRequest")).GetProperty("fieldViolations").EnumerateArray()
            .Select(v => (v.GetProperty("field").GetString()!, v.GetProperty("description").GetString()!))]; // both are always there

    private static IEnumerable<JsonElement> Details(JsonElement error, string type)
        => error.GetProperty("details").EnumerateArray().Where(d => d.GetProperty("@type").GetString() == "type.googleapis.com/google.rpc." + type);
}
