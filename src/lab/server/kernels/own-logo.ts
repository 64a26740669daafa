// The picture of our kernel on the launcher: a wide layer, a narrow code, a wide layer.

export const ownLogo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="TypeScript (Latent Lab)">
<rect width="64" height="64" rx="8" fill="#3178c6"/>
<g stroke="#fff" stroke-opacity=".55" stroke-width="1.5"><path d="M14 14 32 25M14 32 32 25M14 50 32 25M14 14 32 39M14 32 32 39M14 50 32 39M50 14 32 25M50 32 32 25M50 50 32 25M50 14 32 39M50 32 32 39M50 50 32 39"/></g>
<g fill="#fff"><circle cx="14" cy="14" r="5"/><circle cx="14" cy="32" r="5"/><circle cx="14" cy="50" r="5"/><circle cx="50" cy="14" r="5"/><circle cx="50" cy="32" r="5"/><circle cx="50" cy="50" r="5"/></g>
<g fill="#ffd54f"><circle cx="32" cy="25" r="5"/><circle cx="32" cy="39" r="5"/></g>
</svg>
`;
