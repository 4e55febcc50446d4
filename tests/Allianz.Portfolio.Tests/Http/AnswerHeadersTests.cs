using System.Net;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>What every answer says to browsers, and what none says to anybody; found by asking the router for all there is.</summary>
public class AnswerHeadersTests() : PortfolioFixture(Engine.All[0])
{
    // What an address has in place of a parameter; it need not be there.
    private static readonly string[] _values = ["1", "gibt-es-nicht"];

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "gibt-es-nicht",
                title = "Doch",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync("reports", new { title = "Bericht", visibility = "public" });
    }

    [Test]
    public async Task Every_answer_of_every_endpoint_says_what_browsers_may_do_with_it()
    {
        var endpoints = Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var asked = new HashSet<string>();
        foreach (var client in new[] { Anonymous, Administrator })
        {
            foreach (var endpoint in endpoints)
            {
                var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } known
                    ? known
                    : ["GET", "POST"];
                foreach (var method in methods)
                {
                    foreach (var value in _values)
                    {
                        var path = "/" + Filled(endpoint, value);
                        asked.Add($"{method} {path}");
                        using var response = await client.SendAsync(new HttpMethod(method), path, null, ("Accept", "text/html, */*"));

                        Check(response, $"{method} {path} answered {(int)response.StatusCode}");
                    }
                }
            }
        }
        Assert.That(asked, Has.Count.GreaterThan(150));
        Assert.That(
            asked,
            Has.Some.StartsWith("GET /docs").And.Some.StartsWith("GET /jobs").And.Some.StartsWith("GET /health").And.Some.EndsWith(".css")
        );
    }

    [TestCase("/gibt-es-nicht", 404)]
    [TestCase("/portfolio.css", 304)]
    [TestCase("/openapi/v1.json", 304)]
    [TestCase("/api/v1/projects", 304)]
    [TestCase("/api/v1/projects?limit=x", 400)]
    [TestCase("/api/v1/api-keys", 401)]
    public async Task So_do_answers_without_a_body_and_errors(string path, int status)
    {
        using var first = await Anonymous.GetAsync(path);
        using var response = await Anonymous.SendAsync(
            HttpMethod.Get,
            path,
            null,
            first.Headers.ETag is { } tag ? [("If-None-Match", tag.ToString())] : []
        );

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Check(response, path);
    }

    [Test]
    public async Task So_does_the_answer_to_a_host_that_is_not_served()
    {
        await using var host = NewHost(("AllowedHosts", "portfolio.example"));
        using var client = host.CreateClient();
        using var wrong = await client.GetAsync(new Uri("http://anderswo.example/"));
        using var right = await client.GetAsync(new Uri("http://portfolio.example/"));

        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Check(wrong, "wrong host");
        Assert.That(right.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Browsers_are_told_to_stay_with_TLS_only_over_TLS()
    {
        using var client = Host.CreateClient();
        using var plain = await client.GetAsync(new Uri("http://portfolio.example/"));
        using var secure = await client.GetAsync(new Uri("https://portfolio.example/api/v1/projects"));

        Assert.That(plain.Headers.Contains("Strict-Transport-Security"), Is.False);
        Assert.That(secure.Headers.GetValues("Strict-Transport-Security"), Is.EqualTo(new[] { AnswerHeaders.TransportSecurity }));
    }

    [TestCase("/")]
    [TestCase("/api/v1/projects")]
    [TestCase("/health/ready")]
    [TestCase("/docs/")]
    [TestCase("/openapi/v1.json")]
    [TestCase("/gibt-es-nicht")]
    [TestCase("/api/v1/projects?limit=x")]
    public async Task No_answer_says_what_the_program_is_made_of(string path)
    {
        using var response = await Anonymous.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        var headers = string.Join(
            '\n',
            response.Headers.Concat(response.Content.Headers).Select(h => $"{h.Key}: {string.Join(',', h.Value)}")
        );

        Assert.Multiple(() =>
        {
            Assert.That(headers, Does.Not.Contain("Server:").And.Not.Contain("X-Powered-By").And.Not.Contain("Kestrel"));
            foreach (
                var word in new[]
                {
                    "Microsoft.",
                    "System.",
                    "ASP.NET",
                    "Hangfire",
                    "Dapper",
                    ".NET",
                    "Data Source",
                    Environment.MachineName,
                    Environment.Version.ToString(),
                    "   at ",
                }
            )
            {
                Assert.That(headers + text, Does.Not.Contain(word), path);
            }
        });
    }

    [Test]
    public async Task An_error_of_ours_says_nothing_of_the_inside()
    {
        await using var host = NewHost();
        using var client = host.CreateClient();
        await using (var connection = await Api.Database.Dialect.Of(Engine.Name).OpenAsync(ConnectionString, CancellationToken.None))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE Import RENAME TO ImportWeg";
            await command.ExecuteNonQueryAsync();
            try
            {
                using var response = await Coordination.GetAsync("imports");
                var text = await response.Content.ReadAsStringAsync();

                await response.ProblemAsync(500, "error");
                Assert.That(text, Does.Not.Contain("Import").And.Not.Contain("SQL").And.Not.Contain("   at ").And.Not.Contain("Exception"));
                Check(response, "500");
            }
            finally
            {
                command.CommandText = "ALTER TABLE ImportWeg RENAME TO Import";
                await command.ExecuteNonQueryAsync();
            }
        }
    }

    internal static string Filled(RouteEndpoint endpoint, string value) =>
        string.Join(
            '/',
            endpoint.RoutePattern.PathSegments.Select(segment =>
                string.Concat(
                    segment.Parts.Select(part =>
                        part switch
                        {
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { IsCatchAll: true } => "",
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart => value,
                            _ => ((Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart)part).Content,
                        }
                    )
                )
            )
        );

    private static void Check(HttpResponseMessage response, string what)
    {
        string? One(string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

        Assert.Multiple(() =>
        {
            Assert.That(One("X-Content-Type-Options"), Is.EqualTo("nosniff"), what);
            Assert.That(
                One("Referrer-Policy"),
                Is.EqualTo(new[] { " /update/", " /unfollow/" }.Any(what.Contains) ? "strict-origin" : "same-origin"),
                what
            );
            Assert.That(One("Permissions-Policy"), Is.EqualTo(AnswerHeaders.Permissions), what);
            Assert.That(One("Cross-Origin-Opener-Policy"), Is.EqualTo("same-origin"), what);
            Assert.That(One("Cross-Origin-Resource-Policy"), Is.EqualTo("same-origin"), what);
            Assert.That(response.Headers.Contains("Server"), Is.False, what);
            var policy = One("Content-Security-Policy");
            Assert.That(
                policy,
                Does.StartWith("default-src 'none'; ").And.Contain("frame-ancestors 'none'").And.Not.Contain("unsafe"),
                what
            );
            if (response.Content.Headers.ContentType?.MediaType != "text/html")
            {
                Assert.That(policy, Is.EqualTo(AnswerHeaders.Policy), what);
            }
        });
    }
}
