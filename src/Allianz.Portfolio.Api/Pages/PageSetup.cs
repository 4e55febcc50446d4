using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Allianz.Portfolio.Api.Pages;

internal static class PageSetup
{
    /// <summary>Where the page for errors is; what it says is the status.</summary>
    private const string ErrorPath = "/fehler";

    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorPages(o =>
        {
            o.Conventions.ConfigureFilter(new Headers());
            o.Conventions.ConfigureFilter(new RefuseBadQueries());
            o.Conventions.ConfigureFilter(new RefillForms());
            o.Conventions.AddFolderApplicationModelConvention("/", OnlyGetAndPost);
        });
        builder.Services.AddSingleton<KeptForms>();
        builder.Services.Configure<CookieTempDataProviderOptions>(o =>
        {
            o.Cookie.Name = "portfolio-done";
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
    }

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        // For the script that warns before a session ends: asking is what keeps it going.
        app.MapGet(
                "/account/session",
                (HttpContext http, TimeProvider clock) => Results.Json(new { seconds = http.SignedIn()?.Seconds(clock) ?? 0 })
            )
            .ExcludeFromDescription()
            .For(Right.Read(Resource.SignIn));
        app.MapRazorPages()
            .Add(page =>
            {
                if (page.Metadata.OfType<RightAttribute>().SingleOrDefault() is { Right: var right })
                {
                    page.Authorize(right);
                }
            });
    }

    // Razor takes a page's own OnPageHandlerExecutionAsync for the handler of a method PAGE, which anybody could then send.
    private static void OnlyGetAndPost(PageApplicationModel page)
    {
        foreach (var handler in page.HandlerMethods.Where(h => h.HttpMethod is not ("Get" or "Post")).ToList())
        {
            page.HandlerMethods.Remove(handler);
        }
        // A page without a handler for GET shows what it is.
        string[] methods =
        [
            HttpMethods.Get,
            HttpMethods.Head,
            .. page.HandlerMethods.Any(h => h.HttpMethod == "Post") ? [HttpMethods.Post] : Array.Empty<string>(),
            HttpMethods.Options,
        ];
        page.Filters.Add(new OnlyMethods(methods));
    }

    /// <summary>405 for a method that a page has no handler for; it would be run without one. Before a form's token is asked for.</summary>
    private sealed class OnlyMethods(string[] methods) : IAuthorizationFilter, IOrderedFilter
    {
        public int Order => int.MinValue;

        public void OnAuthorization(AuthorizationFilterContext context)
        {
            var http = context.HttpContext;
            if (HttpMethods.IsOptions(http.Request.Method) || !methods.Contains(http.Request.Method, StringComparer.OrdinalIgnoreCase))
            {
                http.Response.Headers.Allow = string.Join(", ", methods);
                context.Result = HttpMethods.IsOptions(http.Request.Method)
                    ? new NoContentResult()
                    : new StatusCodeResult(StatusCodes.Status405MethodNotAllowed);
            }
        }
    }

    /// <summary>
    /// What an address asks for and cannot be read is refused, and so is a moment where a page shows none: shown would be something else than
    /// was asked for.
    /// </summary>
    private sealed class RefuseBadQueries : IPageFilter
    {
        private static readonly string[] _moments = [QueryParameter.AsOf, QueryParameter.Revision];

        public void OnPageHandlerSelected(PageHandlerSelectedContext context) { }

        public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
        {
            var http = context.HttpContext;
            // The page for errors is shown under the address that brought about the error.
            if (http.Response.StatusCode != StatusCodes.Status200OK)
            {
                return;
            }
            var taken = context
                .ActionDescriptor.BoundProperties.Select(p => p.BindingInfo?.BinderModelName ?? p.Name)
                .Concat(context.HandlerMethod?.Parameters.Select(p => p.BindingInfo?.BinderModelName ?? p.Name) ?? [])
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            var bad = http.Request.Query.Keys.FirstOrDefault(name =>
                context.ModelState.TryGetValue(name, out var entry) && entry.Errors.Count > 0
                || (_moments.Contains(name, StringComparer.OrdinalIgnoreCase) && !taken.Contains(name))
            );
            if (bad is not null)
            {
                http.Items[typeof(FehlerModel)] = bad;
                context.Result = new StatusCodeResult(StatusCodes.Status400BadRequest);
            }
        }

        public void OnPageHandlerExecuted(PageHandlerExecutedContext context) { }
    }

    /// <summary>Answers a status without a body: people get a page, programs a problem.</summary>
    public static void UseErrorAnswers(this WebApplication app)
    {
        app.UseStatusCodePages(async context =>
        {
            var http = context.HttpContext;
            if (!http.Request.IsForPeople() || !FehlerModel.Knows(http.Response.StatusCode))
            {
                await Problem.OfStatus(http.Response.StatusCode).WriteAsync(http);
                return;
            }
            FehlerModel.NoteAddress(http);
            // Also when what went wrong was a form.
            http.Request.Method = HttpMethods.Get;
            http.Request.Path = ErrorPath;
            http.SetEndpoint(null);
            http.Request.RouteValues.Clear();
            await context.Next(http);
        });
        // That it is busy is told as an exception: people get the page for it, too.
        var database = app.Services.GetRequiredService<PortfolioDatabase>();
        app.Use(
            async (http, next) =>
            {
                try
                {
                    await next(http);
                }
                catch (Exception e)
                    when (!http.Response.HasStarted && http.Request.IsForPeople() && ProblemHandler.Passing(e, database) is not null)
                {
                    var problem = ProblemHandler.Passing(e, database)!;
                    http.Response.Clear();
                    http.Response.StatusCode = problem.Status;
                    problem.SayWhen(http.Response);
                    http.Items[typeof(Problem)] = problem;
                    if (database.Availability.IsAway)
                    {
                        // Who asks cannot be looked up for the page that says so.
                        http.Request.Headers.Remove("Cookie");
                        http.Request.Headers.Remove("Authorization");
                    }
                }
            }
        );
        // Behind the answers to errors, so that the way to their page is found from here.
        app.UseRouting();
    }

    /// <summary>A way back within this site, as a header can say it; anything else leads to the start page.</summary>
    public static string Local(this IUrlHelper url, string? address) =>
        url.Content(
            url.IsLocalUrl(address)
                ? string.Concat(address.EnumerateRunes().Select(c => c.IsAscii ? c.ToString() : Uri.EscapeDataString(c.ToString())))
                : "~/"
        );

    /// <summary>What depends on who asks is not shared.</summary>
    private sealed class Headers : IAlwaysRunResultFilter
    {
        public void OnResultExecuting(ResultExecutingContext context)
        {
            var headers = context.HttpContext.Response.Headers;
            headers.Vary = ReadRequest.Vary;
            var http = context.HttpContext;
            headers.CacheControl =
                // Forms: not even for the way back. Whoever is signed in gets nothing that may be stored, pages or not.
                !HttpMethods.IsGet(http.Request.Method) || context.Controller is FormPage
                    ? "no-cache, no-store"
                : http.Response.StatusCode != StatusCodes.Status200OK ? "no-store"
                : http.Caller().Role == Role.Anonymous ? "public, no-cache"
                : "private, no-cache";
        }

        public void OnResultExecuted(ResultExecutedContext context) { }
    }
}
