using System.Net;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Http;
using Allianz.Portfolio.Tests.Support;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>
/// The table of rights against what people get who are signed in with a browser: every page and every form that the router knows, and every
/// endpoint of the API, of which a session reads what a key of its role reads and writes nothing.
/// </summary>
[EngineFixtures]
public partial class SessionRightsTests(Engine engine) : SignInFixture(engine, ("SignIn:RequireSecondFactor", ""))
{
    // What each form does, by its page and the name of its handler. What is not named here fails, so nobody forgets to say it.
    private static readonly Dictionary<string, Right> _forms = new()
    {
        ["/SignIn/Index"] = Right.Read(Resource.SignIn),
        ["/SignIn/Index Demo"] = Right.Read(Resource.SignIn),
        ["/SignIn/Code"] = Right.Read(Resource.SignIn),
        ["/SignIn/Provider"] = Right.Read(Resource.SignIn),
        ["/SignOut"] = Right.Read(Resource.SignIn),
        ["/ForgottenPassword"] = Right.Read(Resource.SignIn),
        ["/Invitation"] = Right.Read(Resource.SignIn),
        ["/ResetPassword"] = Right.Read(Resource.SignIn),
        ["/Setup"] = Right.Read(Resource.SignIn),
        ["/Own/Index Password"] = Right.Read(Resource.SignIn),
        ["/Own/Index End"] = Right.Read(Resource.SignIn),
        ["/Own/Index Everywhere"] = Right.Read(Resource.SignIn),
        ["/Own/Follows Follow"] = Right.Read(Resource.SignIn),
        ["/Own/Follows Stop"] = Right.Read(Resource.SignIn),
        ["/Unfollow/Link"] = Right.Read(Resource.SignIn),
        ["/Own/SecondFactor"] = Right.Read(Resource.SignIn),
        ["/Own/SecondFactor Codes"] = Right.Read(Resource.SignIn),
        ["/Update/Link"] = Right.Read(Resource.UpdateForm),
        ["/Status/Report"] = Right.Create(Resource.StatusUpdate),
        ["/Status/Report Follow"] = Right.Create(Resource.StatusUpdate),
        ["/Meetings/New"] = Right.Create(Resource.BoardMeeting),
        ["/Meetings/Edit"] = Right.Change(Resource.BoardMeeting),
        ["/Drafts/New"] = Right.Create(Resource.ReportDraft),
        ["/Drafts/Draft"] = Right.Change(Resource.ReportDraft),
        ["/Drafts/Draft Delete"] = Right.Delete(Resource.ReportDraft),
        ["/Drafts/Preview"] = Right.Create(Resource.Report),
        ["/Reports/Way"] = Right.Create(Resource.ReportTransition),
        ["/People/New"] = Right.Create(Resource.Account),
        ["/People/Edit"] = Right.Change(Resource.Account),
        ["/People/Edit Invite"] = Right.Change(Resource.Account),
        ["/People/Edit Factor"] = Right.Change(Resource.Account),
        ["/People/Edit Delete"] = Right.Delete(Resource.Account),
    };

    private string _account = "";
    private Someone[] _all = [];

    /// <param name="Role">Its role.</param>
    /// <param name="Key">Its way in with a key.</param>
    /// <param name="Session">Its way in with a cookie; redirects are not followed.</param>
    /// <param name="Token">What its forms carry.</param>
    private sealed record Someone(Role Role, HttpClient Key, HttpClient Session, string Token);

    /// <param name="Path">Where it is.</param>
    /// <param name="Page">The page's name and the handler's, when it has one.</param>
    /// <param name="Method">Of the request.</param>
    /// <param name="Right">What the page asks for.</param>
    private sealed record Handler(string Path, string Page, HttpMethod Method, Right Right);

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        foreach (var visibility in new[] { "public", "alliance", "board" })
        {
            var project = new
            {
                key = visibility,
                title = visibility,
                visibility,
            };
            await Coordination.CreateAsync("projects", project);
            await Coordination.CreateAsync($"projects/{visibility}/milestones", new { title = "M" });
        }
        await Coordination.CreateAsync("projects/public/participations", new { partner = "ihk", role = "contributor" });
        await Coordination.CreateAsync("reports", new { title = "Bericht", visibility = "public" });
        var request = new
        {
            title = "Frage an den Vorstand",
            partner = "ihk",
            visibility = "board",
        };
        await Coordination.CreateAsync("projects/public/decision-requests", request);
        await Coordination.CreateAsync("board-meetings", new { key = "1", meetingOn = "2026-09-15" });
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "1",
                title = "Entwurf",
                visibility = "board",
            }
        );
        _account = await InviteAsync(NewAddress(), "reader");
        _all = await Task.WhenAll(Enum.GetValues<Role>().Select(SomeoneAsync));
    }

    private async Task<Someone> SomeoneAsync(Role role)
    {
        var partner = role == Role.PartnerEditor ? "ihk" : null;
        using var person = role == Role.Anonymous ? new Person(Host) : (await SignedInAsync(Roles.Code(role), partner)).Person;
        await person.GoAsync("/forgotten-password");
        var token = Forms.Fields(person.Html)["antiforgery"];
        await person.GoAsync("/forgotten-password");
        var session = Host.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = false });
        session.DefaultRequestHeaders.Add("Cookie", person.Response.RequestMessage!.Headers.GetValues("Cookie"));
        // A session names no version, so the key is asked in the version that sessions get.
        return new(role, (await Host.ClientAsync(role, partner)).In(DatedVersions.Oldest), session, token);
    }

    [OneTimeTearDown]
    public void Leave()
    {
        foreach (var who in _all)
        {
            who.Key.Dispose();
            who.Session.Dispose();
        }
    }

    [Test]
    public async Task A_session_reads_what_a_key_of_its_role_reads()
    {
        var read = 0;
        foreach (var (path, query) in await new Reads(Host, _ => true).AddressesAsync(Administrator))
        {
            var address = query.Contains(Api.Http.QueryParameter.From) ? path + "?from=0" : path;
            foreach (var who in _all)
            {
                using var byKey = await who.Key.GetAsync(address);
                using var bySession = await who.Session.GetAsync("/api/v1/" + address);

                Assert.That(bySession.StatusCode, Is.EqualTo(byKey.StatusCode), $"{who.Role}: {address}");
                Assert.That(bySession.Headers.ETag, Is.EqualTo(byKey.Headers.ETag), $"{who.Role}: {address}");
                // That somebody looked at what is held on a person is held, too.
                if (!address.EndsWith("/export", StringComparison.Ordinal))
                {
                    Assert.That(await BodyAsync(bySession), Is.EqualTo(await BodyAsync(byKey)), $"{who.Role}: {address}");
                }
                Assert.That(
                    bySession.Headers.CacheControl!.NoStore || new[] { "Authorization", "Cookie" }.All(bySession.Headers.Vary.Contains),
                    $"{who.Role}: {address}"
                );
                read++;
            }
        }
        Assert.That(read, Is.GreaterThan(200));

        // Each error has a number of its own.
        static async Task<string> BodyAsync(HttpResponseMessage response) =>
            Trace().Replace(await response.Content.ReadAsStringAsync(), "");
    }

    [Test]
    public async Task A_session_writes_nothing_to_the_API()
    {
        var newest = await Coordination.GetStringAsync("changes?limit=500");
        var writes = 0;
        foreach (var endpoint in Endpoints().Where(e => e.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal)))
        {
            foreach (var method in (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Except(["GET"]))
            {
                foreach (var who in _all)
                {
                    // Also with what proves that a form of ours is sent: the API knows no forms.
                    using var request = new HttpRequestMessage(
                        new HttpMethod(method),
                        "/"
                            + AnswerHeadersTests
                                .Filled(endpoint, _account)
                                .Replace("api", writes % 2 == 0 ? "api" : "API", StringComparison.Ordinal)
                    )
                    {
                        Content = new StringContent(
                            "{}",
                            null,
                            endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json"
                        ),
                    };
                    request.Headers.Add("RequestVerificationToken", who.Token);
                    request.Headers.Add("If-Match", "*");
                    using var response = await who.Session.SendAsync(request);

                    var problem = await response.ProblemAsync(401, "unauthenticated");
                    Assert.That(
                        (string?)problem["detail"],
                        who.Role == Role.Anonymous ? Is.Null.Or.Not.Contain("session") : Does.Contain("session"),
                        $"{who.Role}: {request.Method} {request.RequestUri}"
                    );
                    writes++;
                }
            }
        }
        Assert.That(writes, Is.GreaterThan(150));
        Assert.That(await Coordination.GetStringAsync("changes?limit=500"), Is.EqualTo(newest));
    }

    [Test]
    public async Task Every_form_that_is_sent_without_its_token_is_refused()
    {
        var handlers = await HandlersAsync();
        foreach (var handler in handlers.Where(h => h.Method != HttpMethod.Get))
        {
            foreach (var who in _all.Where(w => May(w, handler)))
            {
                // None, one that is none, somebody else's, and one's own where it does not belong.
                foreach (var token in new[] { null, "x", _all[who.Role == Role.Reader ? ^1 : 1].Token })
                {
                    await RefusedAsync(who.Session, handler, who.Role, token);
                }
                if (who.Role != Role.Anonymous)
                {
                    await RefusedAsync(who.Key, handler, who.Role, who.Token);
                }
            }
        }
        // The dashboard is somebody else's program, and has forms, too.
        foreach (var path in new[] { "/jobs/recurring/trigger", "/jobs/recurring/remove", "/jobs/jobs/enqueued/delete" })
        {
            using var form = new FormUrlEncodedContent([new("jobs[]", "x")]);
            using var response = await _all[^1].Session.PostAsync(path, form);
            Assert.That((int)response.StatusCode, Is.AnyOf(400, 403), path);
        }

        static async Task RefusedAsync(HttpClient client, Handler handler, Role role, string? token)
        {
            using var response = await SendAsync(client, handler, token);
            var why = $"{role}: {handler.Path} with {token ?? "nothing"}";
            Assert.That((int)response.StatusCode, Is.EqualTo(400), why);
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Das hat nicht geklappt"), why);
        }
    }

    [Test]
    public async Task Every_page_and_every_form_is_open_and_closed_as_the_table_says()
    {
        var handlers = await HandlersAsync();
        Assert.That(
            handlers.Where(h => h.Method != HttpMethod.Get).Select(h => h.Page),
            Is.EquivalentTo(_forms.Keys),
            "Say in _forms what a form does."
        );

        foreach (var handler in handlers)
        {
            var right = handler.Method == HttpMethod.Get ? handler.Right : _forms[handler.Page];
            // What is taken does what it is for; the others go on with their sessions.
            var ends = handler is { Page: "/Own/Index Everywhere" } or { Page: "/SignOut", Method.Method: "POST" };
            foreach (var who in ends ? await Task.WhenAll(_all.Select(w => SomeoneAsync(w.Role))) : _all)
            {
                using var response = await SendAsync(who.Session, handler, who.Token);
                var answered = $"{who.Role}: {handler.Method} {handler.Path} {response.Headers.Location}";
                var toSignIn = response.Headers.Location?.OriginalString.Contains("/sign-in?returnUrl=", StringComparison.Ordinal) == true;
                if (RightsTable.Of(right).Of(who.Role).Count > 0)
                {
                    // Pages of one's own lead whoever has none to the way in. A PDF is being printed, or there is no Chromium to print it.
                    Assert.That(
                        (int)response.StatusCode,
                        handler.Page == "/Reports/Pdf" ? Is.AnyOf(200, 202, 404, 503) : Is.AnyOf(200, 302, 404, 422),
                        answered
                    );
                    Assert.That(
                        !toSignIn || (who.Role == Role.Anonymous && handler.Page.StartsWith("/Own/", StringComparison.Ordinal)),
                        answered
                    );
                    // Where it is not there, it is not for want of a right.
                    Assert.That(response.StatusCode != HttpStatusCode.NotFound || RightsTable.Of(right).IsForEverybody, answered);
                }
                else if (who.Role == Role.Anonymous)
                {
                    Assert.That(response.StatusCode == HttpStatusCode.Found && toSignIn, answered);
                }
                else
                {
                    Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), answered);
                    Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Diese Seite gibt es nicht"), answered);
                }
            }
        }
        Assert.That((await Administrator.GetJsonAsync("accounts")).Keys(), Has.Member(_account));
    }

    private static bool May(Someone who, Handler handler) => RightsTable.Of(handler.Right).Of(who.Role).Count > 0;

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Handler handler, string? token)
    {
        var request = new HttpRequestMessage(handler.Method, handler.Path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        if (handler.Method != HttpMethod.Get)
        {
            request.Content = new FormUrlEncodedContent(token is null ? [new("x", "y")] : [new("antiforgery", token)]);
        }
        return await client.SendAsync(request);
    }

    // Every page can be looked at, also one that does nothing for it.
    private async Task<IReadOnlyList<Handler>> HandlersAsync()
    {
        var handlers = new List<Handler>();
        foreach (var endpoint in Endpoints().Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null))
        {
            var descriptor = endpoint.Metadata.GetMetadata<PageActionDescriptor>()!;
            var right = endpoint.Metadata.GetMetadata<Right>();
            Assert.That(right, Is.Not.Null, $"{descriptor.ViewEnginePath} names no right.");
            var value = descriptor.ViewEnginePath switch
            {
                "/People/Edit" => _account,
                "/Status/Report" => "public",
                _ => "1",
            };
            var path = "/" + AnswerHeadersTests.Filled(endpoint, value);
            var page = await Host.Services.GetRequiredService<PageLoader>().LoadAsync(descriptor, endpoint.Metadata);
            handlers.Add(new(path, descriptor.ViewEnginePath, HttpMethod.Get, right!));
            handlers.AddRange(
                page.HandlerMethods.Where(h => h.Name is not null || !h.HttpMethod.Equals("GET", StringComparison.OrdinalIgnoreCase))
                    .Select(h => new Handler(
                        $"{path}?handler={h.Name}",
                        $"{descriptor.ViewEnginePath} {h.Name}".Trim(),
                        new HttpMethod(h.HttpMethod.ToUpperInvariant()),
                        right!
                    ))
            );
        }
        return handlers;
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [GeneratedRegex("\"(?:traceId|instance)\":\"[^\"]*\"")]
    private static partial Regex Trace();
}
