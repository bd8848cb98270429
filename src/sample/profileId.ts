/** The id under which the sample database stands among the connections. */
export const sampleProfileId = 'sample';
