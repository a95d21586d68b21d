import type { Caller, Endpoint } from "../features/endpoint.ts";
import { AppError } from "../shared/errors.ts";

/** Whether the caller's role, and its organisation's, may call the endpoint. @throws AppError `access.forbidden` */
export function authorise(endpoint: Endpoint, caller: Caller): void {
  if (endpoint.access === "public") return;
  const { roles, organisationRoles } = endpoint;
  if (roles !== undefined && !roles.includes(caller.role)) {
    throw new AppError("access.forbidden", { rolesAllowed: roles });
  }
  if (organisationRoles !== undefined && !organisationRoles.some((role) => caller.organisationRoles.includes(role))) {
    throw new AppError("access.forbidden", { organisationRolesAllowed: organisationRoles });
  }
}
