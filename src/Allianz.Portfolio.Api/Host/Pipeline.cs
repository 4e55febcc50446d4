using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Pages;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;

namespace Allianz.Portfolio.Api.Host;

/// <summary>
/// What a request passes on its way, in order: everything stands here. Headers of answers (<see cref="AnswerHeaders"/>) come before all of it,
/// because the framework answers some requests by itself. Behind it the endpoint binds and validates what was sent, and a command or a query
/// runs; every command asks for its right again, where it is known what it touches.
/// </summary>
internal static class Pipeline
{
    public static void UsePortfolio(this WebApplication app)
    {
        var versions = app.Services.GetRequiredService<ApiVersions>();
        app.WarnOfLetters();

        // The client's address and scheme, from proxies that are trusted.
        app.UseProxy();
        // What is thrown further down becomes a problem document.
        app.UseExceptionHandler(_ => { });
        // The version of the API that the request names.
        app.Use(VersionOfRequest.TakeHeader(versions));
        // No more query parameters than anything here takes.
        app.Use(Requests.RefuseTooMany);
        // No compressed bodies: nothing here unpacks them.
        app.Use(Requests.RefuseCompressed);
        // HEAD is answered as GET, without the body.
        app.Use(NothingElse.HeadIsGet);
        // A status without a body becomes a page for people and a problem for programs; routes are found behind it.
        app.UseErrorAnswers();
        // 304 where the client has what would be answered.
        app.UseMiddleware<NotModified>();
        // No request goes on for ever, and whoever waited is told so.
        app.UseRequestTimeouts();
        app.Use(Requests.SayTimeIsOver);
        // Answers of sign-in providers are counted before anybody looks at them.
        app.Use(PeopleSignIn.LimitAnswers);
        // Who calls: key, token or session.
        app.UseAuthentication();
        // Otherwise the version that the key was made with.
        app.Use(VersionOfRequest.TakeKey(versions));
        // A wrong key is refused everywhere; a session does not write through the API.
        app.Use(CallerScheme.RefuseWrongCallers);
        // Refused access goes into the audit log.
        app.Use(RefusedAccess.Note);
        // No writes that another site made a browser send.
        app.Use(Requests.RefuseOtherSites);
        // So many requests a minute, by address and caller.
        app.Use(RateLimits.Middleware);
        // A form whose session ended is kept until its sender has signed in again.
        app.Use(KeptForms.Middleware);
        // Whether the caller has the right that the endpoint names; an endpoint that names none is closed.
        app.UseAuthorization();
        // What cannot be a key is nobody's, and is not looked for.
        app.Use(Requests.RefuseNoKeys);
        app.MapStaticAssets().For(Right.Read(Resource.Frame));
    }
}
